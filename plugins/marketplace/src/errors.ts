import { defineErrors } from '@troupe-os/core';

export const shopErrors = defineErrors('marketplace', {
  unknown_asset: { kind: 'missing', message: 'There is no such work.' },
  unknown_product: { kind: 'missing', message: 'There is no such product.' },
  unknown_listing: { kind: 'missing', message: 'There is no such listing.' },
  unknown_order: { kind: 'missing', message: 'There is no such order.' },
  unknown_delivery: { kind: 'missing', message: 'There is no such download link.' },
  unknown_hold: { kind: 'missing', message: 'Nothing is held under this id.' },

  mixed_brands: { kind: 'invalid', message: 'The works of one product belong to one brand.' },
  title_needed: {
    kind: 'invalid',
    message: 'A product of several works needs a title.',
    constraints: ['product_title'],
  },
  stock_needed: {
    kind: 'invalid',
    message: 'Say how many there are. Only a digital open edition has no number.',
    constraints: ['product_edition'],
  },
  edition_differs: { kind: 'invalid', message: 'One of one has a stock of one, an open edition has none.' },
  asset_taken: {
    kind: 'conflict',
    message: 'This work is another product already, as one of one.',
    constraints: ['product_asset_one_of_one'],
  },
  asset_not_published: { kind: 'conflict', message: 'Only published works can be put on sale. Publish it first.' },
  no_stock: { kind: 'conflict', message: 'Nothing is left of this product, so there is nothing to list.' },
  stock_too_low: { kind: 'conflict', message: 'More than that are sold or held already.' },
  not_limited: { kind: 'conflict', message: 'Only the stock of a limited edition changes.' },

  bad_price: { kind: 'invalid', message: 'A price is above zero.', constraints: ['listing_price'] },
  bad_window: { kind: 'invalid', message: 'A listing ends after it begins.', constraints: ['listing_window'] },
  nothing_to_change: { kind: 'invalid', message: 'Say what to change: the price or the end.' },
  listing_not_open: { kind: 'conflict', message: 'This is not on sale yet.' },
  listing_ended: { kind: 'conflict', message: 'This is no longer on sale.' },
  sold_out: { kind: 'conflict', message: 'There are not that many left.', constraints: ['stock_not_oversold'] },
  stock_differs: {
    kind: 'conflict',
    message: 'The stock of this product does not hold what was sold or set aside of it.',
    constraints: ['stock_held', 'stock_sold'],
  },
  hold_expired: { kind: 'conflict', message: 'What was held for you has been released.' },

  email_needed: { kind: 'invalid', message: 'Say where the receipt goes: an e-mail address.' },
  access_key_needed: {
    kind: 'invalid',
    message: 'Whoever buys without signing in needs an access key: a random text of at least 22 characters.',
    constraints: ['order_reachable'],
  },
  access_key_reused: {
    kind: 'conflict',
    message: 'Another order has this access key. Make a new one.',
    constraints: ['order_access_key'],
  },
  address_needed: { kind: 'invalid', message: 'This is sent by post: say where to.' },
  price_changed: { kind: 'conflict', message: 'The price has changed since you saw it.' },
  not_a_test_card: {
    kind: 'invalid',
    message: 'This is a rehearsal and takes test cards only, such as 4242 4242 4242 4242. Never enter a real card.',
  },
  declined: { kind: 'conflict', message: 'The card was declined.' },

  wrong_state: { kind: 'conflict', message: 'The order is not in a state that allows this.' },
  link_expired: { kind: 'conflict', message: 'This download link has expired. Ask for a new one.' },
  link_used_up: {
    kind: 'conflict',
    message: 'This download link has been used as often as it may. Ask for a new one.',
    constraints: ['delivery_used_up'],
  },
});
