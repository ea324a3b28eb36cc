// `import { ElButton } from 'element-plus'` brings the button's styles along, so that a page pays for what it uses and the
// strict Content-Security-Policy sees files only.
import type { Plugin } from 'vite';

const NAMED_IMPORT = /import\s*\{([^}]*)\}\s*from\s*["']element-plus["']/g;
// A component, a service such as ElMessage, or a directive such as vLoading.
const STYLED = /^(?:El|v)([A-Z]\w*)$/;

export function elementStyles(): Plugin {
  return {
    name: 'element-styles',
    // After the compilers, so that imports of types are gone.
    enforce: 'post',
    transform(code, id) {
      if (!id.includes('/src/console/')) {
        return null;
      }
      const styles = stylesOf(code);
      return styles.length === 0 ? null : { code: [...styles, code].join(' '), map: null };
    },
  };
}

/** One import for each component's styles, all to be put on the code's first line. */
export function stylesOf(code: string): string[] {
  const names = [...code.matchAll(NAMED_IMPORT)].flatMap(([, list]) => (list ?? '').split(','));
  const folders = names.flatMap((name) => {
    const word = STYLED.exec(name.trim().split(/\s+as\s+/)[0] ?? '')?.[1];
    return word === undefined ? [] : [word.replace(/\B[A-Z]/g, '-$&').toLowerCase()];
  });
  return [...new Set(folders)].map((folder) => `import 'element-plus/es/components/${folder}/style/css';`);
}
