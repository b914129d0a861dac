import { expect, test } from 'vitest';
import { createMetrics } from './metrics.ts';

test('what the kernel reports stands in the text, under names that stay', async () => {
  const metrics = createMetrics();
  metrics.callFinished({ kind: 'action', action: 'ledger.post-entry', outcome: 'succeeded', surface: 'rest', seconds: 0.004 });
  metrics.denied({ action: 'ledger.post-entry', reason: 'permission' });
  metrics.idempotentReplay({ action: 'ledger.post-entry' });
  metrics.invalidInput({ action: 'ledger.post-entry', surface: 'mcp' });
  metrics.outboxDepth(7);
  metrics.deadLetters(1);
  metrics.jobFinished({ job: 'assets.import', outcome: 'done', seconds: 2 });
  metrics.httpRequest({ method: 'POST', route: '/api/:plugin/:verb', status: 200, seconds: 0.01 });
  const text = await metrics.text();
  for (const line of [
    'troupe_calls_total{kind="action",action="ledger.post-entry",outcome="succeeded",surface="rest"} 1',
    'troupe_call_seconds_bucket{le="0.005",kind="action",action="ledger.post-entry"} 1',
    'troupe_call_seconds_bucket{le="0.0025",kind="action",action="ledger.post-entry"} 0',
    'troupe_denials_total{action="ledger.post-entry",reason="permission"} 1',
    'troupe_idempotent_replays_total{action="ledger.post-entry"} 1',
    'troupe_invalid_inputs_total{action="ledger.post-entry",surface="mcp"} 1',
    'troupe_outbox_depth 7',
    'troupe_dead_letters 1',
    'troupe_jobs_total{job="assets.import",outcome="done"} 1',
    'troupe_job_seconds_sum{job="assets.import"} 2',
    'troupe_http_requests_total{method="POST",route="/api/:plugin/:verb",status="200"} 1',
    'troupe_http_request_seconds_count{method="POST",route="/api/:plugin/:verb"} 1',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
  expect(metrics.contentType).toMatch(/^text\/plain/);
});

test('a flood of names makes a bounded number of rows', async () => {
  const metrics = createMetrics();
  for (let index = 0; index < 5_000; index += 1) {
    metrics.denied({ action: `guess-${index}`, reason: `reason-${index}` });
    metrics.httpRequest({ method: `M${index}`, route: `/${index}`, status: index, seconds: 0 });
  }
  metrics.invalidInput({ action: 'x'.repeat(500), surface: 'rest' });
  const rows = (await metrics.text()).split('\n').filter((line) => line.startsWith('troupe_denials_total{'));
  expect(rows.length).toBe(501);
  expect(rows).toContain('troupe_denials_total{action="other",reason="other"} 4500');
  expect(await metrics.text()).toContain('troupe_invalid_inputs_total{action="other",surface="rest"} 1');
});

test('two installations in one process count apart, and the figures of the process are there when asked for', async () => {
  const [one, other] = [createMetrics({ process: true }), createMetrics()];
  one.outboxDepth(3);
  expect(await one.text()).toContain('process_resident_memory_bytes');
  expect(await other.text()).toContain('troupe_outbox_depth 0');
  expect(await other.text()).not.toContain('process_resident_memory_bytes');
});
