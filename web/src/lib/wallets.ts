// The wallets of this browser, as they announce themselves (EIP-6963), and what they sign (EIP-191).

interface Provider {
  request(call: { method: string; params?: readonly unknown[] }): Promise<unknown>;
}

export interface Wallet {
  readonly uuid: string;
  readonly name: string;
  readonly provider: Provider;
}

/** Tells of each wallet once. Answers how to stop listening. */
export function watchWallets(found: (wallet: Wallet) => void): () => void {
  const seen = new Set<string>();
  const announced = (event: Event) => {
    const { info, provider } = (event as CustomEvent<{ info: { uuid: string; name: string }; provider: Provider }>).detail;
    if (seen.has(info.uuid)) return;
    seen.add(info.uuid);
    found({ uuid: info.uuid, name: info.name, provider });
  };
  window.addEventListener('eip6963:announceProvider', announced);
  window.dispatchEvent(new Event('eip6963:requestProvider'));
  return () => window.removeEventListener('eip6963:announceProvider', announced);
}

/** The address that the person lets this page see. Throws where they decline. */
export async function addressOf({ provider }: Wallet): Promise<string> {
  const [address] = (await provider.request({ method: 'eth_requestAccounts' })) as string[];
  if (!address) throw new Error('The wallet has shown no address.');
  return address;
}

/** Throws where the person declines. */
export async function signMessage({ provider }: Wallet, address: string, message: string): Promise<string> {
  const hex = [...new TextEncoder().encode(message)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return String(await provider.request({ method: 'personal_sign', params: [`0x${hex}`, address] }));
}
