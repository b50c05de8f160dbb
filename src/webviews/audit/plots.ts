/** Draws numbers over time in the theme's colours. Patterns and shapes tell them apart too, and tables hold the same. */
import uPlot from 'uplot';
import { outcomeGroups, type AuditStatistics, type OutcomeGroup } from '../../domain/audit-log.ts';

const height = 220;
const dayS = 24 * 60 * 60;

/** A theme variable, or what stands in its place. */
function colour(...names: readonly string[]): string {
  const style = getComputedStyle(document.documentElement);
  for (const name of names) {
    const value = style.getPropertyValue(name).trim();
    if (value !== '') return value;
  }
  return getComputedStyle(document.body).color;
}

const groupColours: Record<OutcomeGroup, readonly string[]> = {
  succeeded: ['--vscode-charts-green', '--vscode-testing-iconPassed'],
  failed: ['--vscode-charts-red', '--vscode-editorError-foreground'],
  'not-run': ['--vscode-charts-blue', '--vscode-foreground'],
  undecided: ['--vscode-charts-yellow', '--vscode-editorWarning-foreground'],
};

/** How a group is filled: whole, hatched this way or that, or with dots. Drawn once more, small, in the key. */
export function swatch(group: OutcomeGroup): HTMLCanvasElement {
  const ink = colour(...groupColours[group]);
  const size = 8;
  const canvas = document.createElement('canvas');
  canvas.width = size;
  canvas.height = size;
  const pen = canvas.getContext('2d');
  if (pen === null) return canvas;
  pen.fillStyle = ink;
  pen.strokeStyle = ink;
  pen.lineWidth = 2;
  switch (group) {
    case 'succeeded':
      pen.fillRect(0, 0, size, size);
      break;
    case 'failed':
      for (const offset of [-size, 0, size]) strokeLine(pen, offset, size, offset + size, 0);
      break;
    case 'not-run':
      strokeLine(pen, 0, 2, size, 2);
      strokeLine(pen, 0, 6, size, 6);
      break;
    case 'undecided':
      pen.fillRect(1, 1, 2, 2);
      pen.fillRect(5, 5, 2, 2);
      break;
  }
  return canvas;
}

function strokeLine(pen: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  pen.beginPath();
  pen.moveTo(x1, y1);
  pen.lineTo(x2, y2);
  pen.stroke();
}

/** What both drawings share. */
function axes(): { readonly font: string; readonly x: uPlot.Axis; readonly y: uPlot.Axis } {
  const family = colour('--vscode-font-family') || 'sans-serif';
  const font = `12px ${family}`;
  const stroke = colour('--vscode-foreground');
  const grid = {
    stroke: colour(
      '--vscode-editorIndentGuide-background1',
      '--vscode-contrastBorder',
      '--vscode-foreground',
    ),
    width: 1,
  };
  const common = { stroke, grid, ticks: grid, font, labelFont: font };
  return { font, x: { ...common }, y: { ...common, size: 56 } };
}

/** No legend and no cursor: the key and the tables beside it can be read by everybody. */
const plain = { legend: { show: false }, cursor: { show: false }, height } as const;

/** How many steps ended how, day by day, one upon the other. */
export function outcomesPlot(place: HTMLElement, { days }: AuditStatistics): uPlot {
  const times = days.map(({ day }) => Date.parse(day) / 1000);
  const sums = days.map(() => 0);
  const stacked = outcomeGroups.map((group) =>
    days.map((day, index) => (sums[index] = (sums[index] ?? 0) + day[group])),
  );
  const { x, y } = axes();
  const bars = uPlot.paths.bars?.({ size: [0.7, 40] });
  const pen = document.createElement('canvas').getContext('2d');
  const first = times[0] ?? 0;
  const last = times.at(-1) ?? first;
  // The highest first: each covers what is not its own.
  const drawn = outcomeGroups.map((group, index) => ({ group, values: stacked[index] ?? [] })).reverse();
  return new uPlot(
    {
      ...plain,
      width: widthOf(place),
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
      scales: {
        x: { time: true, range: () => [first - dayS, last + dayS] },
        y: { range: (_plot, _low, high) => [0, Math.max(1, high) * 1.1] },
      },
      axes: [
        { ...x, incrs: [1, 2, 7, 14, 30, 91, 182, 365].map((count) => count * dayS) },
        { ...y, label: 'steps', incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 10_000, 50_000] },
      ],
      series: [
        {},
        ...drawn.map(({ group }): uPlot.Series => ({
          label: group,
          stroke: colour(...groupColours[group]),
          width: 1,
          fill: () => onGround(pen, swatch(group)),
          points: { show: false },
          ...(bars === undefined ? {} : { paths: bars }),
        })),
      ],
    },
    [times, ...drawn.map(({ values }) => values)],
    place,
  );
}

/** A pattern on the page's own ground: nothing of the bar behind shines through. */
function onGround(pen: CanvasRenderingContext2D | null, pattern: HTMLCanvasElement): CanvasPattern | string {
  const ground = document.createElement('canvas');
  ground.width = pattern.width;
  ground.height = pattern.height;
  const painter = ground.getContext('2d');
  if (painter === null || pen === null) return colour('--vscode-foreground');
  painter.fillStyle = colour('--vscode-editor-background');
  painter.fillRect(0, 0, ground.width, ground.height);
  painter.drawImage(pattern, 0, 0);
  return pen.createPattern(ground, 'repeat') ?? colour('--vscode-foreground');
}

/** How long each run took until its incident was over, and how long half of them took at most. */
export function mitigationPlot(place: HTMLElement, { mitigations, medianMs }: AuditStatistics): uPlot {
  const times = mitigations.map(({ time }) => Date.parse(time) / 1000);
  const minutes = mitigations.map(({ milliseconds }) => milliseconds / 60_000);
  const { x, y } = axes();
  const ink = colour('--vscode-charts-blue', '--vscode-foreground');
  const first = times[0] ?? 0;
  const last = times.at(-1) ?? first;
  const margin = Math.max(600, (last - first) * 0.02);
  return new uPlot(
    {
      ...plain,
      width: widthOf(place),
      scales: {
        x: { time: true, range: () => [first - margin, last + margin] },
        y: { range: (_plot, _low, high) => [0, Math.max(0.1, high) * 1.1] },
      },
      axes: [x, { ...y, label: 'minutes' }],
      series: [
        {},
        {
          label: 'minutes',
          stroke: ink,
          paths: () => null,
          points: { show: true, size: 6, stroke: ink, fill: ink },
        },
        {
          label: 'median',
          stroke: colour('--vscode-foreground'),
          width: 2,
          dash: [8, 5],
          points: { show: false },
        },
      ],
    },
    [times, minutes, times.map(() => (medianMs ?? 0) / 60_000)],
    place,
  );
}

const widthOf = (place: HTMLElement): number => Math.max(200, place.clientWidth);

/** Tells when the theme has changed: VS Code then writes other variables and another class. */
export function onThemeChange(changed: () => void): void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
}
