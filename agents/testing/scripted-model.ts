import { LLMock } from '@copilotkit/aimock';
import { atEnd } from '@troupe-os/core/testing';

/** What it costs: without a price no model is asked. */
export const SCRIPTED_PRICE = { model: 'custom/scripted', inputMicroUsd: '0', outputMicroUsd: '0' };

/** A model server on this machine whose answers are written by the test; it refuses what no answer was written for. */
export async function scriptedModel(): Promise<{ model: LLMock; env: NodeJS.ProcessEnv }> {
  const model = new LLMock({ port: 0, host: '127.0.0.1', strict: true });
  await model.start();
  atEnd(() => model.stop());
  return { model, env: { TROUPE_MODEL: 'custom/scripted', TROUPE_MODEL_URL: `${model.url}/v1` } };
}
