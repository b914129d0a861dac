// Sends ended spans to a collector by OTLP over HTTP. Loaded only where an endpoint is set: the SDK costs 0.1 s and 45 MB.
import { type HrTime, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace-node';
import type { Log } from '../context.ts';
import type { EndedSpan, SpanAttributes } from './trace.ts';

const timeoutMilliseconds = 5_000;
const maxAttributeLength = 200;

export interface SpanSender {
  /** Takes a span for the next batch; drops it where 2,048 wait already. */
  add(span: EndedSpan): void;
  /** Sends what waits, for at most 5 s. */
  close(): Promise<void>;
}

export function createSpanSender(options: { url: URL; serviceName?: string; serviceVersion?: string; log?: Log }): SpanSender {
  const { url, serviceName = 'troupe-os', serviceVersion, log } = options;
  const exporter = telling(new OTLPTraceExporter({ url: url.href, timeoutMillis: timeoutMilliseconds }), url, log);
  const batches = new BatchSpanProcessor(exporter, { exportTimeoutMillis: timeoutMilliseconds });
  const resource = resourceOf({ 'service.name': serviceName, 'service.version': serviceVersion });

  return {
    add: (span) => batches.onEnd(readable(span, resource)),
    async close() {
      await batches.shutdown().catch((error: unknown) => log?.warn('The last spans were not sent.', { host: url.host, error }));
    },
  };
}

/** The same exporter, which says once when its collector fails, and once when it works again. */
function telling(exporter: SpanExporter, { host }: URL, log: Log | undefined): SpanExporter {
  let failing = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.error && !failing) log?.warn('The collector takes no spans; they are dropped.', { host, error: result.error });
        if (!result.error && failing) log?.info('The collector takes spans again.', { host });
        failing = result.error !== undefined;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
}

function readable(span: EndedSpan, resource: ReadableSpan['resource']): ReadableSpan {
  const context = (spanId: string) => ({ traceId: span.traceId, spanId, traceFlags: TraceFlags.SAMPLED });
  return {
    name: span.name,
    kind: SpanKind.INTERNAL,
    spanContext: () => context(span.spanId),
    ...(span.parentSpanId !== undefined && { parentSpanContext: context(span.parentSpanId) }),
    startTime: hrTime(span.start),
    endTime: hrTime(span.end),
    duration: hrTime(span.end - span.start),
    status: span.error === undefined ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: span.error },
    attributes: bounded(span.attributes),
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: { name: 'troupe-os' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function resourceOf(facts: SpanAttributes): ReadableSpan['resource'] {
  const attributes = bounded(facts);
  const resource: ReadableSpan['resource'] = {
    attributes,
    merge: () => resource,
    getRawAttributes: () => Object.entries(attributes),
  };
  return resource;
}

function bounded(attributes: SpanAttributes): Record<string, string | number | boolean> {
  const known = Object.entries(attributes).flatMap(([key, value]) => {
    if (value === undefined) return [];
    return [[key, typeof value === 'string' ? value.slice(0, maxAttributeLength) : value] as const];
  });
  return Object.fromEntries(known);
}

/** Seconds and nanoseconds. */
function hrTime(milliseconds: number): HrTime {
  const seconds = Math.trunc(milliseconds / 1000);
  return [seconds, Math.round((milliseconds - seconds * 1000) * 1e6)];
}
