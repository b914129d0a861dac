import { definePlugin, provide } from '@troupe-os/core';
import { buy } from './actions/buy.ts';
import { createListing } from './actions/create-listing.ts';
import { createProduct } from './actions/create-product.ts';
import { download } from './actions/download.ts';
import { endListing } from './actions/end-listing.ts';
import { fulfilOrder } from './actions/fulfil-order.ts';
import { getListing } from './actions/get-listing.ts';
import { getOrder } from './actions/get-order.ts';
import { getSales } from './actions/get-sales.ts';
import { holdStock } from './actions/hold-stock.ts';
import { listListings } from './actions/list-listings.ts';
import { listOrders } from './actions/list-orders.ts';
import { listProducts } from './actions/list-products.ts';
import { openListing } from './actions/open-listing.ts';
import { refundOrder } from './actions/refund-order.ts';
import { renewDeliveryLink } from './actions/renew-delivery-link.ts';
import { setStock } from './actions/set-stock.ts';
import { updateListing } from './actions/update-listing.ts';
import { marketplacePort, orderPlaced, orderRefunded } from './contract.ts';
import { shopErrors } from './errors.ts';
import { releaseHolds } from './jobs.ts';
import { READ_PRODUCTS, WRITE_LISTINGS } from './listings.ts';
import { listOffers, listSales } from './market.ts';
import { isToBeSent, READ_ORDERS } from './orders.ts';
import { revenueTouched, soldKeys } from './revenue-touched.ts';
import * as tables from './schema.ts';
import { rehearsalListings } from './seeds.ts';
import { testPaymentsUnsafe } from './test-payments.ts';

const recorded = { hidden: [], unrecorded: [] };

export const marketplacePlugin = definePlugin({
  id: 'marketplace',
  version: '0.1.0',
  from: import.meta.url,
  permissions: {
    'marketplace.listing.read': { title: 'See what is on sale', roles: ['guest'] },
    'marketplace.order.place': { title: 'Buy', roles: ['guest'] },
    'marketplace.order.track': { title: 'See your own orders and download what you bought', roles: ['guest'] },
    [READ_PRODUCTS]: { title: 'See products, their stock, drafts and what has ended', roles: ['viewer'] },
    'marketplace.product.write': { title: 'Make products and change their stock', roles: ['editor'] },
    [WRITE_LISTINGS]: { title: 'Put products on sale, change prices and take them off sale', roles: ['editor'] },
    'marketplace.stock.hold': { title: 'Put products aside for somebody', roles: ['editor'] },
    [READ_ORDERS]: { title: 'See the orders of a brand, with their buyers', roles: ['editor'] },
    'marketplace.order.fulfil': { title: 'Mark orders as sent', roles: ['editor'] },
    'marketplace.order.refund': { title: 'Refund orders', roles: ['admin'] },
  },
  tables: {
    products: { table: tables.products, read: READ_PRODUCTS, ...recorded },
    productAssets: { table: tables.productAssets, read: READ_PRODUCTS, ...recorded },
    stock: { table: tables.stock, read: READ_PRODUCTS, ...recorded },
    holds: { table: tables.holds, read: READ_ORDERS, own: 'actorId', ...recorded },
    listings: { table: tables.listings, read: READ_PRODUCTS, ...recorded },
    counters: { table: tables.counters, read: READ_ORDERS, ...recorded },
    orders: {
      table: tables.orders,
      read: READ_ORDERS,
      own: 'buyerId',
      hidden: ['accessHash'],
      unrecorded: ['accessHash'],
      codes: ['brandId', 'state', 'unit'],
      personal: { email: 'email', columns: ['email', 'shippingAddress'], needed: isToBeSent, datedBy: 'placedAt' },
    },
    orderLines: { table: tables.orderLines, read: READ_ORDERS, ...recorded },
    payments: { table: tables.payments, read: READ_ORDERS, ...recorded },
    deliveries: { table: tables.deliveries, read: READ_ORDERS, hidden: ['tokenHash'], unrecorded: ['tokenHash'] },
  },
  actions: [
    listListings,
    getListing,
    buy,
    getOrder,
    listOrders,
    download,
    renewDeliveryLink,
    createProduct,
    setStock,
    listProducts,
    createListing,
    openListing,
    updateListing,
    endListing,
    holdStock,
    fulfilOrder,
    refundOrder,
    getSales,
  ],
  errors: [shopErrors],
  events: [orderPlaced, orderRefunded],
  jobs: [releaseHolds],
  provides: [
    provide(marketplacePort, (ctx) => ({
      soldKeys: (period) => soldKeys(ctx, period),
      revenueTouched: (of) => revenueTouched(ctx, of),
      listSales: (which) => listSales(ctx, which),
      listOffers: () => listOffers(ctx),
    })),
  ],
  requires: { ledger: ['ensureAccount', 'post'], assets: ['describe', 'list', 'changeStatus', 'setOwner'] },
  widgets: [
    { name: 'orders', title: 'Latest orders', action: listOrders, view: 'table' },
    { name: 'revenue', title: 'Revenue', action: getSales, view: 'number' },
  ],
  seeds: [rehearsalListings],
  unsafeInPublic: () => [testPaymentsUnsafe],
});
