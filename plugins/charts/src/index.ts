import { definePlugin } from '@troupe-os/core';
import { drawChart } from './actions/draw-chart.ts';
import { openChart } from './actions/open-chart.ts';
import { chartsErrors } from './errors.ts';
import { charts } from './schema.ts';

export const chartsPlugin = definePlugin({
  id: 'charts',
  version: '0.1.0',
  from: import.meta.url,
  permissions: {
    'charts.chart.draw': { title: 'Have charts drawn and open your own', roles: ['viewer'] },
    'charts.chart.read-all': { title: 'See who had which charts drawn, in previews and the record', roles: ['admin'] },
  },
  tables: {
    charts: {
      table: charts,
      read: 'charts.chart.read-all',
      own: 'personId',
      private: ['title'],
      hidden: [],
      unrecorded: [],
      objects: ['pngKey', 'svgKey'],
      codes: ['personId', 'pngKey', 'svgKey'],
      personal: { columns: 'row' },
    },
  },
  actions: [drawChart, openChart],
  errors: [chartsErrors],
});
