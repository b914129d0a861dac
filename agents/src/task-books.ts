// What the house writes down of tasks: actions that nobody else may run.
import { type Kernel, service } from '@troupe-os/core/surface';

/** Of each kind of thing that is to be looked after in one round. */
export const MOST_LISTED = 100;

export interface ClaimedTask {
  readonly taskId: string;
  readonly conversationId: string;
  readonly lastSequence: number;
  readonly agentId: string;
  readonly mandate: string;
  readonly personName: string;
  readonly tainted: boolean;
}

export interface DueTasks {
  readonly schedules: readonly { readonly scheduleId: string; readonly dueAt: string }[];
  readonly isAnyDue: boolean;
  readonly waiting: readonly { readonly taskId: string }[];
  readonly asks: readonly { readonly approvalId: string; readonly isDropped: boolean }[];
  readonly withoutRun: readonly { readonly taskId: string; readonly runner: string }[];
}

export interface Ask {
  readonly approvalId: string;
  readonly state: string;
  readonly replacedBy?: string;
}

export interface Attempt {
  readonly taskId: string;
  readonly runner: string;
  readonly error: string;
  readonly isPassing: boolean;
  readonly resetsAt?: string;
}

/** Errors: those of the actions. */
export function taskBooks(kernel: Kernel) {
  const act = async <T>(action: string, input: object, requestId: string = crypto.randomUUID()): Promise<T> => {
    const [plugin = ''] = action.split('.');
    const caller = { principal: service(plugin), tainted: false };
    return (await kernel.execute({ action, input, caller, surface: 'task', requestId })).output as T; // the action's schema has made it
  };
  return {
    due: (asksAfter?: string) => act<DueTasks>('workforce.list-due-tasks', { limit: MOST_LISTED, asksAfter }),
    claim: async (runner: string, requestId: string) =>
      (await act<{ task?: ClaimedTask }>('workforce.claim-task', { runner }, requestId)).task,
    keepAttempt: (attempt: Attempt) => act('workforce.keep-attempt', attempt),
    fire: (due: DueTasks['schedules'][number]) => act<{ taskId?: string }>('workforce.fire-schedule', due),
    release: (taskId: string) => act<{ released: boolean }>('workforce.release-task', { taskId }),
    /** How these stand, and whatever else waits. */
    decisions: async (approvalIds: readonly string[]) =>
      (await act<{ items: Ask[] }>('governance.list-asks', { approvalIds })).items,
    withdraw: (approvalId: string) => act('governance.withdraw-ask', { approvalId }),
    tellDecision: ({ approvalId, state, replacedBy }: Ask) => act('workforce.tell-decision', { approvalId, state, replacedBy }),
  };
}
