// What the house does in its own name for its channels: whose account it is, which approvals stand where.
import type { Channel } from '@troupe-os/core';
import { type Kernel, service } from '@troupe-os/core/surface';

export interface Card {
  readonly cardId: string;
  readonly approvalId: string;
  readonly personId: string;
  readonly place: string;
  readonly messageRef?: string;
  readonly createdAt: string;
}

export interface Speaker {
  readonly subject: string;
  readonly personId: string;
  readonly name: string;
}

export interface Ask {
  readonly approvalId: string;
  readonly state: string;
  readonly votes: readonly { readonly name: string; readonly vote: 'yes' | 'no' }[];
  /** Of what asked for it. */
  readonly trace?: string;
}

/** Actions that nobody else may run. Errors: theirs. */
export function houseOf(kernel: Kernel, channel: Channel) {
  const act = async <T>(action: string, input: object, { dryRun = false } = {}): Promise<T> => {
    const [plugin = ''] = action.split('.');
    const caller = { principal: service(plugin), tainted: false };
    const requestId = crypto.randomUUID();
    const { output } = await kernel.execute({
      action,
      input,
      caller,
      surface: channel,
      requestId,
      ...(dryRun ? { dryRun } : {}),
    });
    return output as T; // the action's schema has made it
  };
  return {
    /** `dryRun`: says whom the code would link, and leaves it as it is. */
    linkAccount: (account: { code: string; subject: string; label: string }, how?: { dryRun: boolean }) =>
      act<{ name: string }>('identity.link-account', { ...account, channel }, how),
    /** The code links nobody any more. */
    endCode: (code: string) => act('identity.end-account-code', { code, channel }),
    unlinkAccount: (subject: string) => act<{ unlinked: boolean }>('identity.unlink-account', { channel, subject }),
    speakers: async () => (await act<{ items: Speaker[] }>('identity.list-accounts', { channel })).items,
    asks: async (approvalIds: readonly string[]) => (await act<{ items: Ask[] }>('governance.list-asks', { approvalIds })).items,
    openCard: (card: { approvalId: string; personId: string; place: string }) =>
      act<{ cardId: string; isFirst: boolean }>('workforce.open-card', { ...card, channel }),
    keepCard: (cardId: string, messageRef: string) => act('workforce.keep-card', { cardId, messageRef }),
    closeCard: (cardId: string) => act('workforce.close-card', { cardId }),
    cards: async () => (await act<{ items: Card[] }>('workforce.list-cards', { channel })).items,
  };
}

export type ChannelHouse = ReturnType<typeof houseOf>;
