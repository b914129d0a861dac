// How much strangers may leave here: questions that nobody answers, and registrations that nobody allows.
import { AsyncLocalStorage } from 'node:async_hooks';
import { isThisMachine, networkPrefix } from '@troupe-os/core';
import type { ArtefactCap, Kernel } from '@troupe-os/core/surface';

/** Of what anybody may begin; the rest comes of a person's yes. */
const CAPS: Readonly<Record<string, Omit<ArtefactCap, 'from'>>> = {
  Interaction: { mostFrom: 100, mostInAll: 10_000 },
  Client: { mostFrom: 50, mostInAll: 10_000 },
};

/** From where the request comes that the provider answers: it hands its storage no more than what is to be stored. */
const asking = new AsyncLocalStorage<{ readonly address: string | undefined }>();

export const answerFor = <T>(address: string | undefined, work: () => T): T => asking.run({ address }, work);

/** Undefined: as many as there are. */
export function capOf(kind: string, kernel: Pick<Kernel, 'digest'>): ArtefactCap | undefined {
  const cap = CAPS[kind];
  const address = asking.getStore()?.address;
  const isKnown = address !== undefined && !isThisMachine(address);
  return (
    cap && { ...cap, from: isKnown ? kernel.digest(['artefact from', networkPrefix(address, { v4: 32, v6: 64 })]) : undefined }
  );
}
