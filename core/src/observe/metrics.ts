// Counts and durations in Prometheus' form, in a registry of their own.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const callBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const jobBuckets = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900];
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const maxLabelLength = 120;
const other = 'other';

export interface Metrics {
  /** A call of any kind has ended; `outcome` as in its audit row. */
  callFinished(call: { kind: string; action: string; outcome: string; surface: string; seconds: number }): void;
  /** A gate or a policy said no. */
  denied(denial: { action: string; reason: string }): void;
  /** A call was answered from its first answer. */
  idempotentReplay(call: { action: string }): void;
  /** The schema refused an input. */
  invalidInput(call: { action: string; surface: string }): void;
  /** Events that wait for their delivery now. */
  outboxDepth(events: number): void;
  /** For how long the oldest row of the record has waited for its seal. */
  sealLag(seconds: number): void;
  /** Events and jobs given up, not yet looked at. */
  deadLetters(count: number): void;
  /** One run of a job's step; `outcome`: done, failed or dead. */
  jobFinished(job: { job: string; outcome: string; seconds: number }): void;
  /** `route` is the pattern (`/api/:plugin/:verb`), never the address. */
  httpRequest(request: { method: string; route: string; status: number; seconds: number }): void;
  /** All of it as text, for `/metrics`; send it as `contentType`. */
  text(): Promise<string>;
  readonly contentType: string;
}

/**
 * Every label takes a bounded number of values; what comes after them counts as `other`, so that no stranger fills the memory with names.
 * `process: true` adds the process's own figures (memory, event loop, garbage): once a process, for they cannot be taken back.
 */
export function createMetrics({ process = false }: { process?: boolean } = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (process) collectDefaultMetrics({ register: registry });

  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name, help, labelNames, registers });
  const seconds = <L extends string>(name: string, help: string, labelNames: readonly L[], buckets: number[]) =>
    new Histogram({ name, help, labelNames, buckets, registers });

  const calls = counter('troupe_calls_total', 'Calls that ended.', ['kind', 'action', 'outcome', 'surface']);
  const callSeconds = seconds('troupe_call_seconds', 'How long calls took.', ['kind', 'action'], callBuckets);
  const denials = counter('troupe_denials_total', 'Calls that a gate or a policy refused.', ['action', 'reason']);
  const replays = counter('troupe_idempotent_replays_total', 'Calls answered from their first answer.', ['action']);
  const invalid = counter('troupe_invalid_inputs_total', 'Inputs that the schema refused.', ['action', 'surface']);
  const outbox = new Gauge({ name: 'troupe_outbox_depth', help: 'Events that wait for their delivery.', registers });
  const lag = new Gauge({
    name: 'troupe_seal_lag_seconds',
    help: 'How long the oldest unsealed row of the record waits.',
    registers,
  });
  const dead = new Gauge({ name: 'troupe_dead_letters', help: 'Events and jobs given up.', registers });
  const jobs = counter('troupe_jobs_total', 'Runs of job steps that ended.', ['job', 'outcome']);
  const jobSeconds = seconds('troupe_job_seconds', 'How long runs of job steps took.', ['job'], jobBuckets);
  const requests = counter('troupe_http_requests_total', 'HTTP requests answered.', ['method', 'route', 'status']);
  const requestSeconds = seconds('troupe_http_request_seconds', 'How long HTTP answers took.', ['method', 'route'], callBuckets);

  const [action, job, route] = [boundedLabel(500), boundedLabel(500), boundedLabel(200)];
  const [kind, outcome, surface, reason, jobOutcome] = [
    boundedLabel(10),
    boundedLabel(20),
    boundedLabel(20),
    boundedLabel(50),
    boundedLabel(20),
  ];

  return {
    callFinished(call) {
      const labels = { kind: kind(call.kind), action: action(call.action) };
      calls.inc({ ...labels, outcome: outcome(call.outcome), surface: surface(call.surface) });
      callSeconds.observe(labels, call.seconds);
    },
    denied: (denial) => denials.inc({ action: action(denial.action), reason: reason(denial.reason) }),
    idempotentReplay: (call) => replays.inc({ action: action(call.action) }),
    invalidInput: (call) => invalid.inc({ action: action(call.action), surface: surface(call.surface) }),
    outboxDepth: (events) => outbox.set(events),
    sealLag: (waited) => lag.set(waited),
    deadLetters: (count) => dead.set(count),
    jobFinished(run) {
      const labels = { job: job(run.job) };
      jobs.inc({ ...labels, outcome: jobOutcome(run.outcome) });
      jobSeconds.observe(labels, run.seconds);
    },
    httpRequest(request) {
      const labels = { method: methods.has(request.method) ? request.method : other, route: route(request.route) };
      requests.inc({ ...labels, status: statusOf(request.status) });
      requestSeconds.observe(labels, request.seconds);
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** Lets the first `limit` values through, and those again. */
function boundedLabel(limit: number): (value: string) => string {
  const seen = new Set<string>();
  return (value) => {
    if (seen.has(value)) return value;
    if (seen.size >= limit || value.length > maxLabelLength) return other;
    seen.add(value);
    return value;
  };
}

const statusOf = (status: number): string => (Number.isInteger(status) && status >= 100 && status < 600 ? String(status) : other);
