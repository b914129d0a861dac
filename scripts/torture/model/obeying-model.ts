// A model that does whatever it reads: first its plan, then every order that stands in what its tools answered or in what it was told.
import type { ChatCompletionRequest, ToolCall } from '@copilotkit/aimock';
import { scriptedModel } from '@troupe-os/agents/testing';

/** A call that the model makes. `{approvalId}` and `{entryId}` in it stand for the newest that a tool answered. */
export interface Step {
  readonly action: string;
  readonly input: object;
}

export interface ObeyingModel {
  readonly env: NodeJS.ProcessEnv;
  readonly port: number;
  /** Words that whoever lets the model read them makes it do this: an order of the attacker's. */
  order(steps: readonly Step[]): string;
  /** Words with which a person has the model carry out a plan. */
  plan(steps: readonly Step[]): string;
  /** How many orders were read and obeyed. */
  readonly obeyed: { count: number };
}

const ORDER = /OBEY-(\d+)-NOW/g;
const PLAN = /^plan (\d+)/;
/** The loop ends a run after 16 steps. */
const MOST_CALLS_A_STEP = 12;

export async function startObeyingModel(): Promise<ObeyingModel> {
  const { model, env } = await scriptedModel();
  const orders: (readonly Step[])[] = [];
  const plans: { readonly steps: readonly Step[]; done: number; readonly read: Set<string> }[] = [];
  const obeyed = { count: 0 };

  model.on({ userMessage: PLAN }, (request) => {
    model.clearRequests();
    const plan = plans[Number(PLAN.exec(lastSaid(request))?.[1])];
    if (!plan) return { content: 'Nothing was planned.' };
    const step = plan.steps[plan.done];
    plan.done += 1;
    if (step) return { toolCalls: [toolCall(step, request)] };
    const read = [...textOf(request).matchAll(ORDER)].map(([, number = '']) => number).filter((one) => !plan.read.has(one));
    const fresh = [...new Set(read)];
    for (const one of fresh) plan.read.add(one);
    const steps = fresh.flatMap((one) => orders[Number(one)] ?? []).slice(0, MOST_CALLS_A_STEP);
    obeyed.count += fresh.length;
    return steps.length === 0 ? { content: 'Done.' } : { toolCalls: steps.map((one) => toolCall(one, request)) };
  });

  return {
    env,
    port: Number(new URL(env.TROUPE_MODEL_URL ?? '').port),
    obeyed,
    order: (steps) => `OBEY-${orders.push(steps) - 1}-NOW`,
    plan: (steps) => `plan ${plans.push({ steps, done: 0, read: new Set() }) - 1}`,
  };
}

/** By the action's own tool, else by its name, else as a tool that nobody has offered. */
function toolCall({ action, input }: Step, request: ChatCompletionRequest): ToolCall {
  const { tools = [] } = request;
  const answers = textOf(request);
  const newest = (name: string) => [...answers.matchAll(new RegExp(`${name}\\\\*":\\\\*"([0-9a-f-]{36})`, 'g'))].at(-1)?.[1];
  const text = JSON.stringify(input).replaceAll(/\{(approvalId|entryId)\}/g, (whole, name: string) => newest(name) ?? whole);
  const offered = new Set(tools.map((tool) => tool.function.name));
  const name = action.replaceAll(/[.-]/g, '_');
  if (offered.has(name) || !offered.has('run_action')) return { name, arguments: text };
  return { name: 'run_action', arguments: `{"action":${JSON.stringify(action)},"input":${text}}` };
}

const textOf = ({ messages }: ChatCompletionRequest): string =>
  messages
    .filter(({ role }) => role !== 'system')
    .map(({ content }) => (typeof content === 'string' ? content : JSON.stringify(content)))
    .join('\n');

const lastSaid = ({ messages }: ChatCompletionRequest): string => {
  const content = messages.findLast(({ role }) => role === 'user')?.content;
  return typeof content === 'string' ? content : (content?.map(({ text }) => text ?? '').join('') ?? '');
};
