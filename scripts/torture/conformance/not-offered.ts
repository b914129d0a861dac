// What the suites ask for and this server does not offer, with the reason. The torture fails when one of them passes, or is asked for no more.

export interface Gap {
  readonly why: string;
  /** Scenarios, or `scenario:check`. */
  readonly what: readonly string[];
}

export const NOT_OFFERED: readonly Gap[] = [
  {
    why: 'A tool is given its input by whoever calls it, and asks nobody back: no form, no model and no folders of the client. A yes is given on a page.',
    what: [
      'tools-call-sampling',
      'tools-call-elicitation',
      'elicitation-sep1034-defaults',
      'elicitation-sep1330-enums',
      'input-required-result-basic-elicitation',
      'input-required-result-basic-sampling',
      'input-required-result-basic-list-roots',
      'input-required-result-request-state',
      'input-required-result-multiple-input-requests',
      'input-required-result-multi-round',
      'input-required-result-missing-input-response',
      'input-required-result-non-tool-request',
      'input-required-result-result-type',
      'input-required-result-tampered-state',
      'input-required-result-capability-check',
      'input-required-result-ignore-extra-params',
      'server-stateless:sep-2575-server-rejects-undeclared-capability',
      'server-stateless:sep-2575-missing-capability-http-400',
    ],
  },
  {
    why: 'No server speaks first: nothing is kept of a client between two requests, so nobody can be told of a change, and a stream that broke is not taken up again.',
    what: [
      'resources-subscribe',
      'resources-unsubscribe',
      'server-sse-polling:server-sse-priming-event',
      'server-sse-polling:server-sse-retry-field',
    ],
  },
  {
    why: "The log is the operator's. A caller is told by the answer, the error and the progress of the call; the newer revision has no level to set either.",
    what: ['logging-set-level', 'tools-call-with-logging'],
  },
  {
    why: 'An action answers data or one file, never a picture and a document at once.',
    what: ['tools-call-mixed-content'],
  },
  {
    why: 'A schema that names no dialect is of 2020-12 by the protocol. Naming it in each tool costs tokens, and a validator that knows only an older one refuses it.',
    what: ['json-schema-2020-12:json-schema-2020-12-$schema'],
  },
  {
    why: 'An extension. What takes long is a job, and an action that says how far it is.',
    what: [
      'tasks-lifecycle',
      'tasks-capability-negotiation',
      'tasks-wire-fields',
      'tasks-request-state-removal',
      'tasks-mrtr-input',
      'tasks-request-headers',
      'tasks-dispatch-and-envelope',
      'tasks-required-task-error',
      'tasks-mrtr-composition',
    ],
  },
  {
    why: 'No tool wants a part of its input in a header as well.',
    what: ['http-custom-header-server-validation'],
  },
];

/** Scenarios that pass because what they try is not there: counted as not offered. */
export const SAYS_NOTHING: Gap = {
  why: 'Passes because the tool that it tries is not there.',
  what: ['input-required-result-validate-input'],
};
