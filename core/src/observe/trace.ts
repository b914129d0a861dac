// One trace from a message to the call, the event and the job that follow. Ids are always made; spans leave the house only where an endpoint is set.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Log } from '../context.ts';
import { defineErrors, TroupeError } from '../errors.ts';
import type { SpanSender } from './trace-export.ts';
import { formatTraceParent, newSpanId, newTraceId, parseTraceParent, type TraceParent } from './traceparent.ts';

export const traceErrors = defineErrors('tracing', {
  bad_endpoint: {
    kind: 'invalid',
    message: 'OTEL_EXPORTER_OTLP_ENDPOINT is the http(s) address of a collector, such as http://127.0.0.1:4318.',
  },
});

/** Names and numbers only: no input, no text of a person, no secret. */
export type SpanAttributes = Record<string, string | number | boolean | undefined>;

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** What an event's or a job's envelope carries, so that the trace goes on where it is taken up. */
  readonly traceparent: string;
  /** Adds what is known only later, such as the outcome. */
  set(attributes: SpanAttributes): void;
}

/** A span that has ended, as it is sent. Times in milliseconds since 1970, with fractions. */
export interface EndedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly attributes: SpanAttributes;
  readonly start: number;
  readonly end: number;
  /** The code or the name of the error that ended it. */
  readonly error: string | undefined;
}

export interface Tracing {
  /**
   * Runs something as a part of the trace: below `parent` (a `traceparent` from outside or from an envelope), else below the span that runs now,
   * else as the beginning of a trace. What `run` throws is thrown on.
   */
  span<T>(name: string, attributes: SpanAttributes, run: (span: Span) => T | Promise<T>, parent?: string): Promise<T>;
  /** The span that runs now. For correlation only: nothing may depend on it. */
  current(): Span | undefined;
  /** Sends what is still here, for at most 5 s. */
  close(): Promise<void>;
}

export interface TracingOptions {
  /** The base address of an OTLP/HTTP collector, as in OTEL_EXPORTER_OTLP_ENDPOINT; `/v1/traces` is added. Without one no OpenTelemetry code is loaded. */
  readonly endpoint?: string | undefined;
  readonly serviceName?: string;
  readonly serviceVersion?: string;
  /** Told when the collector stops taking spans, and when it takes them again. */
  readonly log?: Log;
}

/**
 * Ids, parents and the current span; sending is loaded with the first span that ends, and follows the sender's choice where a parent says that nobody records.
 * Errors: tracing.bad_endpoint, at once.
 *
 * @example
 * await tracing.span('call ledger.post-entry', { surface: 'rest' }, () => execute(call), request.headers.get('traceparent') ?? undefined);
 */
export function createTracing(options: TracingOptions = {}): Tracing {
  const url = options.endpoint ? tracesAddress(options.endpoint) : undefined;
  const active = new AsyncLocalStorage<Span & TraceParent>();
  const early: EndedSpan[] = [];
  let sender: SpanSender | undefined;
  let loading: Promise<void> | undefined;

  async function span<T>(
    name: string,
    attributes: SpanAttributes,
    run: (span: Span) => T | Promise<T>,
    parent?: string,
  ): Promise<T> {
    const above = parseTraceParent(parent) ?? active.getStore();
    const place = { traceId: above?.traceId ?? newTraceId(), spanId: newSpanId(), sampled: above?.sampled ?? url !== undefined };
    const known = { ...attributes };
    const started = Object.freeze({
      ...place,
      traceparent: formatTraceParent(place),
      set: (more: SpanAttributes) => void Object.assign(known, more),
    });
    const start = now();
    const end = (error?: string) => {
      if (url && place.sampled)
        send(url, { name, ...place, parentSpanId: above?.spanId, attributes: known, start, end: now(), error });
    };
    try {
      const result = await active.run(started, run, started);
      end();
      return result;
    } catch (error) {
      end(error instanceof TroupeError ? error.code : error instanceof Error ? error.name : 'unknown');
      throw error;
    }
  }

  function send(address: URL, ended: EndedSpan): void {
    if (!sender) early.push(ended);
    sender?.add(ended);
    loading ??= load(address);
  }

  async function load(address: URL): Promise<void> {
    const { createSpanSender } = await import('./trace-export.ts');
    sender = createSpanSender({ ...options, url: address });
    for (const ended of early.splice(0)) sender.add(ended);
  }

  async function close(): Promise<void> {
    await loading;
    await sender?.close();
  }

  return { span, current: () => active.getStore(), close };
}

function tracesAddress(endpoint: string): URL {
  const url = URL.parse(`${endpoint.replace(/\/+$/, '')}/v1/traces`);
  if (url === null || !/^https?:$/.test(url.protocol)) throw traceErrors.bad_endpoint();
  return url;
}

const now = (): number => performance.timeOrigin + performance.now();
