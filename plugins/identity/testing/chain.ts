// A chain of its own on loopback, with wallets that are contracts on it. The code is that of wallet.sol, compiled by solc 0.8.37
// with its optimiser at 200 runs for cancun, without metadata.
import { startTestChain, type TestChain } from '@troupe-os/core/testing';
import { createWalletClient, encodeDeployData, http, publicActions } from 'viem';
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';

const FUNDED = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'; // every anvil's first key, known to all
const ABI = [{ type: 'constructor', inputs: [{ name: 'first', type: 'address' }], stateMutability: 'nonpayable' }] as const;
const CODE =
  '0x6080604052348015600e575f5ffd5b506040516102f13803806102f1833981016040819052602b91604e565b5f80546001600160a01b0319166001600160a01b03929092169190911790556079565b5f60208284031215605d575f5ffd5b81516001600160a01b03811681146072575f5ffd5b9392505050565b61026b806100865f395ff3fe608060405234801561000f575f5ffd5b5060043610610034575f3560e01c80631626ba7e146100385780638da5cb5b14610069575b5f5ffd5b61004b61004636600461019b565b610093565b6040516001600160e01b031990911681526020015b60405180910390f35b5f5461007b906001600160a01b031681565b6040516001600160a01b039091168152602001610060565b5f604182146100ab57506001600160e01b0319610194565b5f600185858560408181106100c2576100c2610212565b919091013560f81c90506100d960205f888a610226565b6100e29161024d565b6100f060406020898b610226565b6100f99161024d565b604080515f8152602081018083529590955260ff909316928401929092526060830152608082015260a0016020604051602081039080840390855afa158015610144573d5f5f3e3d5ffd5b5050604051601f1901519150506001600160a01b0381161580159061017557505f546001600160a01b038281169116145b610187576001600160e01b0319610190565b630b135d3f60e11b5b9150505b9392505050565b5f5f5f604084860312156101ad575f5ffd5b83359250602084013567ffffffffffffffff8111156101ca575f5ffd5b8401601f810186136101da575f5ffd5b803567ffffffffffffffff8111156101f0575f5ffd5b866020828401011115610201575f5ffd5b939660209190910195509293505050565b634e487b7160e01b5f52603260045260245ffd5b5f5f85851115610234575f5ffd5b83861115610240575f5ffd5b5050820193919092039150565b80356020831015610265575f19602084900360031b1b165b9291505056';

export interface Chain extends TestChain {
  /** A contract that has signed what this account signs. */
  deployWallet(owner: PrivateKeyAccount): Promise<`0x${string}`>;
}

export async function startChain(program: string): Promise<Chain> {
  const chain = await startTestChain(program);
  const account = privateKeyToAccount(FUNDED);
  const client = createWalletClient({ account, chain: foundry, transport: http(chain.url), pollingInterval: 20 }).extend(
    publicActions,
  );
  return {
    ...chain,
    async deployWallet(owner) {
      const data = encodeDeployData({ abi: ABI, bytecode: CODE, args: [owner.address] });
      const { contractAddress } = await client.waitForTransactionReceipt({ hash: await client.sendTransaction({ data }) });
      if (!contractAddress) throw new Error('No contract was made.');
      return contractAddress;
    },
  };
}
