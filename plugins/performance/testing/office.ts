// An office in which agents do tasks for a person, ask for what needs a yes, and sell.
import { type Caller, service } from '@troupe-os/core/surface';
import { identityPlugin } from '@troupe-os/plugin-identity';
import { governancePlugin } from '../../governance/src/index.ts';
import { pay, price, tillPlugin } from '../../governance/testing/till/plugin.ts';
import { startShop } from '../../marketplace/testing/shop.ts';
import { claimTask } from '../../workforce/src/actions/claim-task.ts';
import { createAgent } from '../../workforce/src/actions/create-agent.ts';
import { createTask } from '../../workforce/src/actions/create-task.ts';
import { finishRun } from '../../workforce/src/actions/finish-run.ts';
import { keepAnswer } from '../../workforce/src/actions/keep-answer.ts';
import { setModelPrice } from '../../workforce/src/actions/set-model-price.ts';
import { startRun } from '../../workforce/src/actions/start-run.ts';
import { workforcePlugin } from '../../workforce/src/index.ts';
import { performancePlugin } from '../src/index.ts';

export const itself: Caller = { principal: service('workforce'), tainted: false };
export const DAY_MS = 86_400_000;
/** A dollar for ten thousand tokens, read or written: what `work` uses costs 15,000 micro-dollars. */
const PRICE = { model: 'custom/dear', inputMicroUsd: '100000000', outputMicroUsd: '100000000', mostOutputTokens: 1000 };
const TOKENS = { input: 100, output: 50, said: true };

interface Ending {
  readonly status?: 'done' | 'failed';
  /** An approval that a tool of it was told to wait for. */
  readonly approvalId?: string;
}

export async function startOffice(works: number) {
  const shop = await startShop(works, [identityPlugin, workforcePlugin, governancePlugin, tillPlugin, performancePlugin]);
  const { run, as, advance } = shop;
  const owner = as({ id: crypto.randomUUID(), roles: ['owner'] });
  const person = as({ id: crypto.randomUUID(), roles: ['editor'] });
  await run(owner, setModelPrice, PRICE);

  /** Who it is, and how it acts for the person. */
  async function hire(name: string) {
    const about = { role: 'Helps', description: '', instructions: '', departments: ['Office'] };
    const { agentId } = await run(owner, createAgent, { name, ...about, roles: [{ role: 'editor' }] });
    const onBehalfOf = { id: person.principal.id, roles: ['editor'] } as const;
    return { agentId, acting: as({ id: agentId, kind: 'agent', roles: ['editor'], onBehalfOf }) };
  }

  const give = async (agentId: string) =>
    (await run(person, createTask, { title: 'Sleeves', brief: 'Count the sleeves.', assigneeId: agentId, priority: 1 })).taskId;

  /** Takes up the next task that is due and works on it for twenty seconds, with one tool. */
  async function work({ status = 'done', approvalId }: Ending = {}) {
    const runner = crypto.randomUUID();
    const { task } = await run(itself, claimTask, { runner });
    if (!task) throw new Error('no task is due');
    const { taskId, conversationId, agentId } = task;
    const runId = crypto.randomUUID();
    const about = { runId, runner, taskId, conversationId, agentId, personId: person.principal.id };
    await run(itself, startRun, {
      ...{ ...about, caller: '{}', models: [PRICE.model], trace: '', requestId: crypto.randomUUID(), requestBytes: 1000 },
    });
    await run(itself, keepAnswer, { runId, runner, number: 1, model: PRICE.model, tokens: TOKENS, text: '', calls: '[]' });
    advance(20_000);
    const used = { toolCallId: 'call-1', action: 'till.pay', outcome: 'failed', text: '{}', told: '{}', taints: false } as const;
    const ending = status === 'failed' ? { error: 'core.internal' } : {};
    const results = [{ ...used, ...(approvalId ? { error: 'core.approval_needed', approvalId } : {}) }];
    await run(itself, finishRun, { runId, runner, status, ...ending, text: 'Twelve.', results });
    return taskId;
  }

  /** The agent wants to pay somebody a hundred euros; answers the approval that it has to wait for. */
  async function asksToPay(acting: Caller, to: string): Promise<string> {
    price.cents = 100_00n;
    const refusal = await run(acting, pay, { to }).then(
      () => undefined,
      (error: { details?: { approvalId?: string } }) => error,
    );
    return refusal?.details?.approvalId ?? '';
  }

  return { ...shop, owner, person, hire, give, work, asksToPay };
}
