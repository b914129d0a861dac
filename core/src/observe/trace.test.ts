import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { coreErrors } from '../errors.ts';
import { createLog } from './log.ts';
import { createTracing, type Span } from './trace.ts';
import { formatTraceParent, parseTraceParent } from './traceparent.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const ends: (() => void)[] = [];

afterAll(() => {
  for (const end of ends) end();
});

interface OtlpSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { code: number; message?: string };
  readonly attributes: { key: string; value: unknown }[];
}

interface OtlpBody {
  readonly resourceSpans: { resource: { attributes: unknown }; scopeSpans: { spans: OtlpSpan[] }[] }[];
}

test('a traceparent is read and written as the standard says', () => {
  const text = `00-${traceId}-${spanId}-01`;
  expect(parseTraceParent(text)).toEqual({ traceId, spanId, sampled: true });
  expect(formatTraceParent({ traceId, spanId, sampled: true })).toBe(text);
  expect(parseTraceParent(`00-${traceId}-${spanId}-00`)?.sampled).toBe(false);
  expect(parseTraceParent(`cc-${traceId}-${spanId}-01-more`)?.traceId).toBe(traceId);
});

test.each([
  undefined,
  '',
  'hello',
  `ff-${traceId}-${spanId}-01`,
  `00-${traceId}-${spanId}-01-more`,
  `00-${'0'.repeat(32)}-${spanId}-01`,
  `00-${traceId}-${'0'.repeat(16)}-01`,
  `00-${traceId.toUpperCase()}-${spanId}-01`,
  `00-${traceId}-${spanId}-01\r\nx: y`,
])('%j is no traceparent, and a trace begins', async (text) => {
  expect(parseTraceParent(text)).toBeUndefined();
  const begun = await createTracing().span('a', {}, (span) => span, text);
  expect(begun.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(begun.traceId).not.toBe(traceId);
});

test('without an endpoint a trace still goes from span to span, and through an envelope', async () => {
  const tracing = createTracing();
  const spans: Span[] = [];
  const envelope = await tracing.span('message', {}, async (message) => {
    spans.push(message);
    return await tracing.span('call', {}, (call) => {
      spans.push(call);
      expect(tracing.current()).toBe(call);
      return call.traceparent;
    });
  });
  expect(tracing.current()).toBeUndefined();
  spans.push(await tracing.span('job', {}, (job) => job, envelope));
  expect(new Set(spans.map((span) => span.traceId)).size).toBe(1);
  expect(new Set(spans.map((span) => span.spanId)).size).toBe(3);
});

test('calls beside each other keep their own current span', async () => {
  const tracing = createTracing();
  const seen = await Promise.all(
    Array.from({ length: 20 }, () =>
      tracing.span('call', {}, async (span) => {
        await new Promise(setImmediate);
        return tracing.current() === span;
      }),
    ),
  );
  expect(seen).toEqual(Array(20).fill(true));
});

test('what a span runs may fail, and its error is passed on', async () => {
  const tracing = createTracing();
  await expect(tracing.span('a', {}, () => Promise.reject(coreErrors.busy()))).rejects.toMatchObject({ code: 'core.busy' });
  await expect(
    tracing.span('a', {}, () => {
      throw coreErrors.denied();
    }),
  ).rejects.toMatchObject({ code: 'core.denied' });
});

test('without an endpoint no OpenTelemetry code is loaded', async () => {
  const program = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
    const { createTracing } = await import(${JSON.stringify(new URL('./trace.ts', import.meta.url).href)});
    const tracing = createTracing();
    await tracing.span('a', {}, () => 1);
    await tracing.close();
    process.stdout.write(JSON.stringify(loaded));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
  expect(stdout).toContain('trace.ts');
  expect(stdout).not.toContain('opentelemetry');
});

test('with an endpoint the spans arrive at its collector before the stop is done', async () => {
  const collector = await listen(200);
  const tracing = createTracing({ endpoint: `${collector.url}/`, serviceName: 'troupe-test', serviceVersion: '1.2.3' });
  await tracing
    .span('message', { channel: 'web', nothing: undefined }, () =>
      tracing.span('call', { action: 'x'.repeat(300) }, (call) => {
        call.set({ outcome: 'failed', rows: 3, dry: false });
        throw coreErrors.busy({ secret: 'canary-1' });
      }),
    )
    .catch(() => undefined);
  await tracing.span('elsewhere', {}, () => undefined, `00-${traceId}-${spanId}-01`);
  await tracing.span('unrecorded', {}, () => undefined, `00-${traceId}-${spanId}-00`);
  await tracing.close();

  expect(collector.paths).toEqual(['/v1/traces']);
  expect(JSON.stringify(collector.bodies)).not.toContain('canary-1');
  expect(JSON.stringify(collector.bodies[0]?.resourceSpans[0]?.resource.attributes)).toContain('troupe-test');
  const spans = new Map(collector.spans().map((span) => [span.name, span]));
  expect([...spans.keys()].sort()).toEqual(['call', 'elsewhere', 'message']);
  const [message, call] = [spans.get('message'), spans.get('call')];
  expect(call).toMatchObject({
    traceId: message?.traceId,
    parentSpanId: message?.spanId,
    status: { code: 2, message: 'core.busy' },
  });
  expect(spans.get('elsewhere')).toMatchObject({ traceId, parentSpanId: spanId, status: { code: 0 } });
  expect(call?.attributes).toContainEqual({ key: 'action', value: { stringValue: 'x'.repeat(200) } });
  expect(call?.attributes).toContainEqual({ key: 'rows', value: { intValue: 3 } });
  const elapsed = Number(BigInt(message?.endTimeUnixNano ?? 0) - BigInt(message?.startTimeUnixNano ?? 0)) / 1e6;
  expect(elapsed).toBeGreaterThanOrEqual(0);
  expect(elapsed).toBeLessThan(5_000);
  expect(Math.abs(Number(BigInt(message?.endTimeUnixNano ?? 0) / 1_000_000n) - Date.now())).toBeLessThan(60_000);
});

test('a collector that fails changes no answer and is told once', async () => {
  const collector = await listen(400);
  const lines: string[] = [];
  const tracing = createTracing({
    endpoint: collector.url,
    log: createLog({ level: 'info', write: (line) => lines.push(line) }),
  });
  expect(await tracing.span('a', {}, () => 7)).toBe(7);
  await tracing.close();
  expect(lines.filter((line) => line.includes('The collector takes no spans'))).toHaveLength(1);
});

test.each(['localhost:4318', 'file:///tmp', 'no address'])('the endpoint %j is refused at once', (endpoint) => {
  expect(() => createTracing({ endpoint })).toThrow('OTEL_EXPORTER_OTLP_ENDPOINT');
});

async function listen(status: number) {
  const [paths, bodies]: [(string | undefined)[], OtlpBody[]] = [[], []];
  const server = createServer(async (request, response) => {
    paths.push(request.url);
    bodies.push((await json(request)) as OtlpBody);
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No address.');
  const spans = () =>
    bodies.flatMap((body) => body.resourceSpans.flatMap((item) => item.scopeSpans.flatMap((scope) => scope.spans)));
  return { url: `http://127.0.0.1:${address.port}`, paths, bodies, spans };
}
