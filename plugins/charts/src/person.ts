import type { Context } from '@troupe-os/core';

/** For whom it is drawn: of an agent, whoever it acts for. */
export const personOf = ({ onBehalfOf, actor }: Pick<Context, 'onBehalfOf' | 'actor'>): string => onBehalfOf?.id ?? actor.id;
