// What the authorization server asks a person.

interface Scope {
  readonly scope: string;
  readonly title: string;
}

export interface Offered {
  readonly plugin: string;
  readonly look: readonly Scope[];
  readonly change: readonly Scope[];
}

export interface Question {
  readonly client: {
    readonly name: string;
    readonly host: string;
    readonly vouchedFor: 'document' | 'owner' | 'itself';
    readonly answeredAt: string;
  };
  readonly resource: string;
  readonly offered: readonly Offered[];
  readonly days: number;
  readonly mostDays: number;
}
