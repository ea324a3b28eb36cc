// Weighs what the console loads before a person can do anything, and fails the build when it grew too heavy.
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

interface Limits {
  /** The entry, and the lazily loaded modules that the first view shows. */
  modules: string[];
  limitBytes: number;
}

export function firstViewLimit({ modules, limitBytes }: Limits): Plugin {
  return {
    name: 'first-view-limit',
    apply: 'build',
    enforce: 'post',
    writeBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((part) => part.type === 'chunk');
      const found = modules.map((module) => {
        const chunk = chunks.find(({ moduleIds }) => moduleIds.some((id) => id.split('?')[0] === module));
        return chunk ?? this.error(`${module} is in no chunk, so the first view cannot be weighed`);
      });
      const files = new Set<string>();
      const waiting = found.map(({ fileName }) => fileName);
      for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
        const chunk = bundle[name];
        if (files.has(name) || chunk?.type !== 'chunk') {
          continue;
        }
        files.add(name);
        waiting.push(...chunk.imports);
        for (const style of chunk.viteMetadata?.importedCss ?? []) {
          files.add(style);
        }
      }
      const weights = [...files].map((name) => [name, gzipSync(contents(bundle[name])).length] as const);
      const sum = weights.reduce((total, [, bytes]) => total + bytes, 0);
      const report = `the console's first view: ${kilobytes(sum)} gzipped of ${kilobytes(limitBytes)}`;
      if (sum > limitBytes) {
        const list = weights.sort(([, a], [, b]) => b - a).map(([name, bytes]) => `  ${kilobytes(bytes)} ${name}`);
        this.error(`${report}\n${list.join('\n')}`);
      }
      this.info(report);
    },
  };
}

function contents(part: { type: 'chunk'; code: string } | { type: 'asset'; source: string | Uint8Array } | undefined) {
  return part === undefined ? '' : part.type === 'chunk' ? part.code : part.source;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}
