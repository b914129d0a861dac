import type { Api } from './api.ts';

type Budget = Awaited<ReturnType<Api['workforce']['listBudgets']>>['items'][number];

/** What asking models for an agent may still cost today, and of how much, in millionths of a US dollar; of an agent without a budget of its own that of everybody. */
export function budgetsLeft(budgets: readonly Budget[], agentId: string): { left: string; daily: string } {
  const ofAgents = budgets.filter(({ kind }) => kind === 'agent');
  const own = ofAgents.find(({ actorId }) => actorId === agentId);
  const daily = BigInt((own ?? ofAgents.find(({ actorId }) => actorId === '*'))?.dailyMicroUsd ?? 0);
  const used = BigInt(own?.spentMicroUsd ?? 0) + BigInt(own?.reservedMicroUsd ?? 0);
  return { left: String(daily > used ? daily - used : 0n), daily: String(daily) };
}
