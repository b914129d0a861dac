// What others may know of agents and conversations.
import { definePort } from '@troupe-os/core/contract';

/** Who wrote a message: a person, the agent, the house itself, or a tool that the agent used. */
export const AUTHOR_KINDS = ['person', 'agent', 'system', 'tool'] as const;
export type AuthorKind = (typeof AUTHOR_KINDS)[number];

/** `streaming` while it is being written; the others are final. */
export const MESSAGE_STATUSES = ['streaming', 'done', 'stopped', 'failed'] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

/** Who may see a memory: one person, whoever talks with one agent, a department, a brand, or the whole company. */
export const MEMORY_SCOPES = ['person', 'agent', 'department', 'brand', 'company'] as const;
export type MemoryScope = (typeof MEMORY_SCOPES)[number];

/** A paused agent answers nobody. */
export const AGENT_STATES = ['active', 'paused'] as const;
export type AgentState = (typeof AGENT_STATES)[number];

export const TOOL_OUTCOMES = ['succeeded', 'failed'] as const;
export type ToolOutcome = (typeof TOOL_OUTCOMES)[number];

/** `running` until it is over; the others are final. */
export const RUN_STATES = ['running', 'done', 'stopped', 'failed'] as const;

/** `asked`: the model is. `answered`: its tools are being used. `failed`: nothing came of it that the run goes on with. */
export const STEP_STATES = ['asked', 'answered', 'done', 'failed'] as const;

/** A `summary` is of what is too long ago to be said to the model word by word. */
export const STEP_KINDS = ['answer', 'summary'] as const;

/** What a model costs is counted for the agent that asks it and for the person for whom it does. */
export const BUDGET_KINDS = ['agent', 'person'] as const;
export type BudgetKind = (typeof BUDGET_KINDS)[number];

/** An agent that a house begins with. */
export interface FirstAgent {
  readonly name: string;
  readonly role: string;
  readonly description: string;
  readonly instructions: string;
  readonly departments: readonly string[];
  /** Held on the whole company. */
  readonly roles: readonly ('admin' | 'editor' | 'viewer')[];
  /** The names of those that it is kept to; without them all that its roles open. */
  readonly actions?: readonly string[];
  /** What asking models for it may cost in a day, in millionths of a US dollar; without it the budget of everybody. */
  readonly dailyMicroUsd?: bigint;
}

/** What sets off a schedule: the clock, a fact that a plugin tells, a call from outside. */
export const SCHEDULE_KINDS = ['cron', 'event', 'webhook'] as const;
export const SCHEDULE_STATES = ['active', 'paused', 'removed'] as const;

export const ASSIGNEE_KINDS = ['agent', 'person'] as const;

/** `open` until somebody works on it, or has done it; `done`, `failed` and `cancelled` are over, but what failed can be tried again. */
export const TASK_STATES = ['open', 'running', 'waiting', 'done', 'failed', 'cancelled'] as const;

/** For other tasks, for what a person has to decide, or until tomorrow, as the budget for models is used up. */
export const TASK_WAITS = ['tasks', 'approval', 'budget'] as const;

/** As governance says what became of what an agent asked for. */
export const DECIDED_STATES = ['executed', 'rejected', 'expired', 'cancelled', 'failed', 'replaced'] as const;
export const TASK_APPROVAL_STATES = ['pending', ...DECIDED_STATES] as const;

/** What an agent did in one week of UTC. A run, with its steps and its cost, belongs to the week in which it began. */
export interface WorkWeek {
  readonly agentId: string;
  /** Its Monday, `YYYY-MM-DD`. */
  readonly week: string;
  readonly runs: number;
  /** Of runs that are over. */
  readonly seconds: number;
  readonly toolCalls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costMicroUsd: bigint;
  /** That it ended in that week, as they stand now. */
  readonly tasksDone: number;
  readonly tasksFailed: number;
  /** Of the tasks that are done: those for which no person had to say yes, answer, try again or give them to somebody else. */
  readonly doneAlone: number;
  /** That it had begun, and that a person did in the end. */
  readonly takenOver: number;
  /** Of its tasks not over when the week ended; of the week that is under way, now. */
  readonly tasksOpen: number;
}

export interface WorkforcePort {
  /** Those that the caller may see, the oldest first; with an id that one. Errors: workforce.unknown_agent. */
  agents(agentId?: string): Promise<{ agentId: string; name: string; createdAt: Date }[]>;
  /** By agent and week, from the Monday `from` on and before the Monday `to`. Weeks in which there was nothing are left out. */
  weeks(of: { agentIds: readonly string[]; from: Date; to: Date }): Promise<WorkWeek[]>;
  /** Whether the caller may see what agents cost. */
  seesCosts(): boolean;
}

export const workforcePort = definePort<WorkforcePort>('workforce', ['agents', 'weeks', 'seesCosts']);
