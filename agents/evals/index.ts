// In this order: what one conversation changes stands in the house of the next.
import { analystConversations } from './analyst.ts';
import { bookkeeperConversations } from './bookkeeper.ts';
import { conciergeConversations } from './concierge.ts';
import type { Conversation } from './conversation.ts';
import { copywriterConversations } from './copywriter.ts';
import { guardConversations } from './guard.ts';
import { indexerConversations } from './indexer.ts';
import { marketWatcherConversations } from './market-watcher.ts';
import { shopkeeperConversations } from './shopkeeper.ts';

export const conversations: readonly Conversation[] = [
  ...conciergeConversations,
  ...indexerConversations,
  ...copywriterConversations,
  ...bookkeeperConversations,
  ...marketWatcherConversations,
  ...analystConversations,
  ...guardConversations,
  ...shopkeeperConversations,
];
