import { code, GENERATED, table } from './markdown.ts';
import { allMetrics, type MetricInfo } from './registries.ts';

/** Every metric of krt's own, by the agent that has it. */
export function metricsPage(): string {
  const sections = [...allMetrics()].map(
    ([title, metrics]) => `## ${title}\n\n${table(['metric', 'type', 'labels', 'meaning'], metrics.map(row))}`,
  );
  const intro = `${GENERATED}# Metrics

What \`/metrics\` of each agent tells Prometheus, beside what Node.js tells of itself (\`process_*\`, \`nodejs_*\`). Times
are in seconds. Metrics of controller and scheduler come from the one that leads, so that sums over all are right.
[Operating](../operate.md) says what to watch.
`;
  return [intro, ...sections].join('\n');
}

function row({ name, type, help, labelNames = [], upperBounds }: MetricInfo): string[] {
  const range = upperBounds ? `, ${upperBounds[0]} to ${upperBounds.at(-1)}` : '';
  return [code(name), `${type}${range}`, labelNames.map(code).join(', '), help];
}
