// What the model of the stories says: it brings in what was sent, describes and shows the picture, and puts it on sale.
import type { ChatCompletionRequest, LLMock } from '@copilotkit/aimock';

/** What the picture is called when it has come in. */
interface Story {
  readonly picture: RegExp;
}

/** What tools have answered since the person spoke last. */
const answersIn = ({ messages }: ChatCompletionRequest) =>
  messages
    .slice(messages.findLastIndex(({ role }) => role === 'user'))
    .flatMap(({ role, content }) => (role === 'tool' ? [JSON.parse(String(content))] : []));

const run = (action: string, input: object) => ({
  toolCalls: [{ name: 'run_action', arguments: JSON.stringify({ action, input }) }],
});
const SEARCH = run('assets.search', { limit: 10 });

function bringIn(request: ChatCompletionRequest) {
  if (answersIn(request).length > 0) return { content: 'They are on their way in.' };
  const files = new Set(JSON.stringify(request.messages).match(/upload:[0-9a-f-]{36}/g));
  return run('assets.import', { files: [...files], brandId: 'gallery' });
}

/** Describes the picture, and asks to show it to everybody. */
function describe(request: ChatCompletionRequest, { picture }: Story) {
  const answers = answersIn(request);
  const [found] = answers as [{ items: { id: string; title: string }[] }?];
  if (!found) return SEARCH;
  const id = found.items.find(({ title }) => picture.test(title))?.id;
  if (answers.length === 1) return run('assets.update', { id, title: 'Night drive', description: 'Stripes of a city at night.' });
  if (answers.length === 2) return run('assets.publish', { id });
  return { content: 'It is described. To show it to everybody I need your yes.' };
}

function sell(request: ChatCompletionRequest) {
  const answers = answersIn(request);
  if (answers.length === 0) return SEARCH;
  const [found, product] = answers as [{ items: { id: string; title: string }[] }, { productId: string }?];
  const assetId = found.items.find(({ title }) => title === 'Night drive')?.id;
  if (!product) return run('marketplace.create-product', { assetIds: [assetId], stock: 7 });
  if (answers.length === 2)
    return run('marketplace.create-listing', { productId: product.productId, unit: 'EUR', price: '4200' });
  return { content: 'Somebody else must say yes to that.' };
}

export function tellStory(model: LLMock, story: Story): void {
  model.on({ userMessage: /^Bring them in/ }, bringIn);
  model.on({ userMessage: /^Describe/ }, (request) => describe(request, story));
  model.on({ userMessage: /^Sell it/ }, sell);
}

/** What each order of the story writes in the record, in this order, under one trace. */
export const ORDERS = [
  ['Bring them in.', ['assets.import']],
  ['Describe the picture', ['assets.update', 'assets.publish', 'governance.approve-call', 'assets.publish']],
  [
    'Sell it for 42 euros.',
    ['marketplace.create-product', 'marketplace.create-listing', 'governance.approve-call', 'marketplace.create-listing'],
  ],
] as const;
