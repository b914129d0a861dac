// The agent's model in the tour, behind a real address. It knows no id: it picks a tool of its list, and reads the answers of tools.
import type { ChatCompletionRequest, ToolCallResponse } from '@copilotkit/aimock';
import { scriptedModel } from '@troupe-os/agents/testing';

/** Titles stand between these in what people say. */
const QUOTED = /“(.+?)”/;
const FINDER = 'find_actions';

/** Starts it. `env` makes it the model of a server. */
export async function startTourModel(): Promise<{ env: Record<string, string> }> {
  const { model, env } = await scriptedModel();
  model.on({ userMessage: /^Put .* on sale/ }, putOnSale);
  model.on({ userMessage: /^Book the frame/ }, bookTheFrame);
  return { env: { TROUPE_MODEL: env.TROUPE_MODEL ?? '', TROUPE_MODEL_URL: env.TROUPE_MODEL_URL ?? '' } };
}

function putOnSale(request: ChatCompletionRequest) {
  const [products, listing] = answersIn(request) as [{ items: { productId: string; title: string }[] }?, { price: string }?];
  if (!products) return use(request, 'marketplace.list-products', {});
  const title = QUOTED.exec(lastSaid(request))?.[1];
  const productId = products.items.find((product) => product.title === title)?.productId;
  if (!listing) return use(request, 'marketplace.create-listing', { productId, unit: 'EUR', price: '4200' });
  return { content: `It is on sale for ${listing.price} minor units of EUR.` };
}

function bookTheFrame(request: ChatCompletionRequest) {
  const [accounts, entry] = answersIn(request) as [{ items: { path: string }[] }?, { entryId: string }?];
  if (!accounts) return use(request, 'ledger.list-accounts', {});
  const pathLike = (pattern: RegExp) => accounts.items.find(({ path }) => pattern.test(path))?.path;
  const postings = [
    { path: pathLike(/^expenses:goods:gallery$/), unit: 'EUR', amount: '750' },
    { path: pathLike(/^assets:bank$/), unit: 'EUR', amount: '-750' },
  ];
  if (!entry) return use(request, 'ledger.post-entry', { memo: 'A frame', brandId: 'gallery', postings });
  return { content: `It is booked as ${entry.entryId}.` };
}

/**
 * Calls the tool of an action, if it is among those that were listed; else looks for the action first, with the tool that finds
 * others. Throws where neither leads to it, as a model that can only choose would fail.
 */
function use(request: ChatCompletionRequest, action: string, input: object): ToolCallResponse {
  const own = action.replaceAll(/[.-]/g, '_');
  if (listed(request).has(own)) return call(request, own, input);
  const looked = answeredIn(request).filter(({ tool }) => tool === FINDER);
  if (looked.length === 0) return call(request, FINDER, { query: action.replaceAll(/[.-]/g, ' ') });
  const found = looked.flatMap(({ answer }) => answer as { action: string }[]);
  if (found.some((one) => one.action === action)) return call(request, 'run_action', { action, input });
  throw new Error(`${action} was neither listed nor found: ${found.map((one) => one.action).join(', ')}`);
}

/** A call with all that the tool's schema requires. */
function call(request: ChatCompletionRequest, name: string, input: object): ToolCallResponse {
  const tools = listed(request);
  const schema = tools.get(name);
  if (!schema) throw new Error(`${name} is not among the tools: ${[...tools.keys()].join(', ')}`);
  const missing = (schema.required ?? []).filter((property) => !(property in input));
  if (missing.length > 0) throw new Error(`${name} requires ${missing.join(', ')}`);
  return { toolCalls: [{ name, arguments: JSON.stringify(input) }] };
}

/** The schemas of the tools that the request lists, by name. */
function listed({ tools = [] }: ChatCompletionRequest): Map<string, { required?: string[] }> {
  return new Map(tools.map(({ function: { name, parameters = {} } }) => [name, parameters]));
}

/** What tools have answered since the person spoke last, the finder's answers left out. */
function answersIn(request: ChatCompletionRequest): unknown[] {
  return answeredIn(request).flatMap(({ tool, answer }) => (tool === FINDER ? [] : [answer]));
}

function answeredIn({ messages }: ChatCompletionRequest): { tool: string; answer: unknown }[] {
  const recent = messages.slice(messages.findLastIndex(({ role }) => role === 'user'));
  const calls = new Map(recent.flatMap((message) => message.tool_calls ?? []).map((one) => [one.id, one.function.name]));
  return recent
    .filter(({ role }) => role === 'tool')
    .map(({ tool_call_id = '', content }) => ({ tool: calls.get(tool_call_id) ?? '', answer: JSON.parse(String(content)) }));
}

const lastSaid = ({ messages }: ChatCompletionRequest) => String(messages.findLast(({ role }) => role === 'user')?.content);
