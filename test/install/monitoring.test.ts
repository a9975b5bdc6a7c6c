import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { HEALTH_PORT_NAME, LABEL_RUNTIME, LEASES } from '../../crds/v1alpha1/names.ts';
import { dashboardJson } from '../../install/grafana/dashboard.ts';
import { seriesNames } from '../../install/reference/registries.ts';
import { installed, ROOT } from './objects.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}

interface Dashboard {
  readonly templating: { readonly list: readonly { readonly query: string }[] };
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number };
    readonly targets: readonly { readonly refId: string; readonly expr: string; readonly legendFormat: string }[];
  }[];
}

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const series = seriesNames();
const dashboard = JSON.parse(read('install/grafana/krt.json')) as Dashboard;
const [prometheusRule] = installed('grafana/alerts.yaml') as unknown as [{ spec: { groups: { rules: Rule[] }[] } }];
const rules = prometheusRule.spec.groups.flatMap(group => group.rules);

/** Labels that Prometheus itself puts on what it scrapes from a Pod. */
const TARGET_LABELS = ['namespace', 'pod'];

/** Metrics and labels of a query that no agent has. */
function unknownIn(expr: string): string[] {
  const names = [...new Set(expr.match(/\bkrt_\w+/g))];
  const known = [...TARGET_LABELS, ...names.flatMap(name => series.get(name) ?? [])];
  const words = [...expr.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/, */));
  const matched = [...expr.matchAll(/[{,](\w+)(?==|!=)/g)].map(([, label = '']) => label);
  const labels = [...words, ...matched].filter(label => !known.includes(label));
  return [...names.filter(name => !series.has(name)), ...labels];
}

describe('the names of metrics', () => {
  it('are as Prometheus has them', () => {
    for (const name of series.keys()) {
      expect(name).to.match(/^krt_[a-z_]+$/);
      const isCounter = /_total$/.test(name);
      const isGauge = /^krt_(leader|scheduler_(pending_runs|slots|slots_used)|runtimed_(executions|waiting))$/.test(
        name,
      );
      expect(isCounter || isGauge || /_(seconds)_(bucket|sum|count)$/.test(name), name).to.equal(true);
    }
  });

  it('have no label that Prometheus would rename', () => {
    const taken = ['namespace', 'pod', 'container', 'service', 'endpoint', 'instance', 'job', 'node'];
    for (const [name, labels] of series) for (const label of labels) expect(taken, name).not.to.include(label);
  });
});

describe('the Grafana dashboard', () => {
  it('is as the code says: if not, run npm run docs', () => {
    expect(read('install/grafana/krt.json')).to.equal(dashboardJson());
  });

  it('has panels each with an id and a place of its own', () => {
    const places = dashboard.panels.map(({ gridPos: { x, y } }) => `${x},${y}`);
    expect(dashboard.panels.map(({ id }) => id)).to.deep.equal(dashboard.panels.map((_, index) => index + 1));
    expect(new Set(places).size).to.equal(places.length);
    for (const { gridPos } of dashboard.panels) expect(gridPos.x + gridPos.w).to.be.at.most(24);
  });

  for (const { title, targets } of dashboard.panels) {
    it(`asks for what there is: ${title}`, () => {
      expect(targets).not.to.have.length(0);
      expect(new Set(targets.map(({ refId }) => refId)).size).to.equal(targets.length);
      for (const { expr, legendFormat } of targets) {
        expect(expr).to.include('krt_');
        expect(unknownIn(expr), expr).to.deep.equal([]);
        for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
          expect(expr, legendFormat).to.match(new RegExp(`by \\([^)]*\\b${label}\\b`));
        }
      }
    });
  }

  it('lets one choose among Runtimes by a metric that has them', () => {
    expect(dashboard.templating.list.at(-1)?.query).to.equal('label_values(krt_scheduler_slots, runtime)');
    expect(series.get('krt_scheduler_slots')).to.deep.equal(['runtime']);
  });
});

describe('the alerts', () => {
  for (const { alert, expr, labels, annotations } of rules) {
    it(`ask for what there is: ${alert}`, () => {
      expect(unknownIn(expr)).to.deep.equal([]);
      expect(labels.severity).to.be.oneOf(['warning', 'critical']);
      for (const [, label = ''] of annotations.summary.matchAll(/\$labels\.(\w+)/g)) {
        expect(expr, label).to.match(new RegExp(`\\b${label}\\b`));
      }
    });
  }

  it('notice an unknown metric and an unknown label', () => {
    expect(unknownIn('sum by (nothing) (krt_never_total{no="1",resource=~"x"}) > 0')).to.deep.equal([
      'krt_never_total',
      'nothing',
      'no',
      'resource',
    ]);
  });

  it('name the Leases that there are', () => {
    const [noLeader] = rules.filter(({ alert }) => alert === 'KrtNoLeader');
    const named = [...(noLeader?.expr ?? '').matchAll(/lease="([^"]*)"/g)].map(([, lease]) => lease);
    expect(named.sort()).to.deep.equal(Object.values(LEASES).sort());
  });
});

describe('docs/operate.md', () => {
  const page = read('docs/operate.md');

  it('tells of every alert, and of no other', () => {
    const told = [...page.matchAll(/^\| `(Krt\w+)` +\|/gm)].map(([, alert]) => alert);
    expect(told).to.deep.equal(rules.map(({ alert }) => alert));
  });

  it('names only metrics that there are', () => {
    const names = new Set([...series.keys()].map(name => name.replace(/_(bucket|sum|count)$/, '')));
    for (const [name] of page.matchAll(/\bkrt_\w+\w/g)) expect([...names, ...series.keys()]).to.include(name);
  });
});

describe('the monitors for the Prometheus Operator', () => {
  const [services, pods] = installed('grafana/monitors.yaml') as unknown as [
    { spec: { selector: { matchLabels: Record<string, string> }; endpoints: { port: string }[] } },
    { spec: { selector: { matchExpressions: unknown[] }; podMetricsEndpoints: { port: string }[] } },
  ];

  it('find the Services of both agents, and their port', () => {
    const all = installed('install.yaml').filter(({ kind }) => kind === 'Service');
    expect(all).to.have.length(2);
    for (const { metadata, spec } of all) {
      expect(metadata.labels).to.include(services.spec.selector.matchLabels);
      const ports = (spec as { ports: { name: string }[] }).ports.map(({ name }) => name);
      expect(ports).to.deep.equal(services.spec.endpoints.map(({ port }) => port));
    }
  });

  it('find the Pods of every Runtime, and the port of runtimed', () => {
    expect(pods.spec.selector.matchExpressions).to.deep.equal([{ key: LABEL_RUNTIME, operator: 'Exists' }]);
    expect(pods.spec.podMetricsEndpoints).to.deep.equal([{ port: HEALTH_PORT_NAME }]);
  });
});
