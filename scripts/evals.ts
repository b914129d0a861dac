// `npm run evals [-- --model provider/model] [--price IN,OUT] [--out FILE.json]`: the roster on its recorded conversations. Exit code 1 where one failed.
import '../core/src/quick-imports.ts';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { conversations } from '../agents/evals/index.ts';
import { isModelName, modelOf } from '../agents/src/model.ts';
import { SCRIPTED_PRICE } from '../agents/testing/index.ts';
import { endAll } from '../core/src/testing/endings.ts';
import { type Evaluated, evaluate, hasFailed } from './evals/evaluate.ts';
import { openEvalHouse } from './evals/house.ts';
import { evaluationText, totalText } from './evals/report.ts';
import { startPlayer } from './evals/script.ts';

const USAGE = `evals [--model provider/model] [--price IN,OUT] [--out FILE.json]
  --model  asks this model what the recorded people said, with the key of its provider in the environment
           (OPENAI_API_KEY, …) or at TROUPE_MODEL_URL; without it a scripted model plays what was recorded
  --price  what it costs for a million tokens read and written, in millionths of a US dollar, e.g. 1250000,10000000
  --out    writes all of it as JSON
`;

const options = readOptions();
const keyName = options?.model && missingKey(options.model);
if (!options || keyName) {
  process.stderr.write(keyName ? `${options?.model} is asked with a key: set ${keyName}, or TROUPE_MODEL_URL.\n` : USAGE);
  process.exitCode = 2;
} else {
  process.exitCode = (await run(options).finally(endAll)) ? 0 : 1;
}

interface Options {
  readonly model: string | undefined;
  readonly price: readonly [string, string];
  readonly out: string | undefined;
}

function readOptions(): Options | undefined {
  try {
    const { values } = parseArgs({ options: { model: { type: 'string' }, price: { type: 'string' }, out: { type: 'string' } } });
    const { model, price = '0,0', out } = values;
    const [, read, written] = /^(\d+),(\d+)$/.exec(price) ?? [];
    if (read === undefined || written === undefined || (model !== undefined && !isModelName(model))) return undefined;
    return { model, price: [read, written], out };
  } catch {
    return undefined; // a flag that there is not
  }
}

/** The variable that a known provider's key is read from, where it is not set and nothing else says how the model is reached. */
function missingKey(model: string): string | undefined {
  const asked = modelOf(model, { ...process.env, TROUPE_MODEL: model });
  const name = `${model.slice(0, model.indexOf('/')).toUpperCase().replaceAll('-', '_')}_API_KEY`;
  return typeof asked === 'string' && !process.env[name] ? name : undefined;
}

/** Answers whether all of it passed. */
async function run({ model, price, out }: Options): Promise<boolean> {
  const player = model === undefined ? await startPlayer() : undefined;
  const house = await openEvalHouse(player?.env ?? { ...process.env, TROUPE_MODEL: model });
  const [inputMicroUsd, outputMicroUsd] = price;
  const priced = { model: model ?? SCRIPTED_PRICE.model, inputMicroUsd, outputMicroUsd };
  await house.does(house.operator, 'workforce.set-model-price', priced);
  process.stdout.write(
    model === undefined
      ? 'A scripted model plays what was recorded: this tests the house and the scorers, not a model. --model asks one.\n'
      : `${model}\n`,
  );
  const all: Evaluated[] = [];
  for (const conversation of conversations) {
    const evaluated = await evaluate(house, conversation, (script) => player?.play(script));
    process.stdout.write(evaluationText(evaluated));
    all.push(evaluated);
  }
  process.stdout.write(totalText(all));
  if (out !== undefined) writeFileSync(out, `${JSON.stringify({ model: model ?? 'scripted', conversations: all }, null, 2)}\n`);
  return !all.some(hasFailed);
}
