import { PANELS, type Panel } from './panels.ts';

const WIDTH = 8;
const HEIGHT = 8;
const COLUMNS = 24 / WIDTH;
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana puts the variable in
const PROMETHEUS = { type: 'prometheus', uid: '${datasource}' };

/** The dashboard of krt as Grafana imports it, in JSON. */
export function dashboardJson(): string {
  const dashboard = {
    uid: 'krt',
    title: 'krt',
    tags: ['krt', 'kubernetes'],
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    schemaVersion: 39,
    time: { from: 'now-1h', to: 'now' },
    templating: { list: [datasource(), runtimes()] },
    panels: PANELS.map(panelOf),
  };
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}

function datasource() {
  return { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' };
}

function runtimes() {
  const query = 'label_values(krt_scheduler_slots, runtime)';
  const choice = { includeAll: true, allValue: '.*', multi: true, current: { text: 'All', value: '$__all' } };
  return { name: 'runtime', label: 'Runtime', type: 'query', datasource: PROMETHEUS, query, refresh: 2, ...choice };
}

function panelOf({ title, unit, about, queries, stacked = false }: Panel, index: number) {
  const custom = stacked ? { fillOpacity: 30, stacking: { mode: 'normal' } } : { fillOpacity: 0 };
  return {
    id: index + 1,
    type: 'timeseries',
    title,
    description: about,
    datasource: PROMETHEUS,
    gridPos: { x: (index % COLUMNS) * WIDTH, y: Math.floor(index / COLUMNS) * HEIGHT, w: WIDTH, h: HEIGHT },
    fieldConfig: { defaults: { unit, min: 0, custom }, overrides: [] },
    options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } },
    targets: Object.entries(queries).map(([legendFormat, expr], position) => ({
      refId: String.fromCharCode(65 + position),
      expr,
      legendFormat,
    })),
  };
}
