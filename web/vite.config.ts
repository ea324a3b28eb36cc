// One project for every page that the binary serves. Built files land in dist/assets and are served under /assets/;
// each app's index.html lands in a folder with the app's name.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { elementStyles } from './build/element-styles.ts';
import { firstViewLimit } from './build/first-view.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const demo = 'http://127.0.0.1:8080';

// The residents' pages are rendered by the server, which links their stylesheet by a fixed name.
const FIXED_NAMES = new Set(['pages.css']);

// What an office computer with a slow line fetches before the start page is there.
const FIRST_VIEW = {
  modules: ['main.ts', 'layout/ConsoleFrame.vue', 'home/HomePage.vue', 'sign-in/SignInPage.vue'].map((name) =>
    here(`src/console/${name}`),
  ),
  limitBytes: 300_000,
};

// The apps are built without the pages' styles where these are not part of the checkout.
const pagesStyles = here('src/pages/pages.less');

export default defineConfig({
  base: '/',
  plugins: [vue(), elementStyles(), firstViewLimit(FIRST_VIEW), consolePaths()],
  build: {
    outDir: 'dist',
    assetsDir: 'assets',
    // Old WebViews of WeChat on Android are the oldest browsers that a resident brings.
    target: 'es2020',
    // The pages' strict Content-Security-Policy allows no data: URLs except for pictures, so nothing else is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        console: here('console/index.html'),
        phone: here('phone/index.html'),
        ...(existsSync(pagesStyles) ? { pages: pagesStyles } : {}),
      },
      output: {
        assetFileNames: (asset) =>
          asset.names.some((name) => FIXED_NAMES.has(name)) ? 'assets/[name][extname]' : 'assets/[name]-[hash][extname]',
        entryFileNames: 'assets/[name]-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
      },
    },
  },
  server: {
    // `npm run dev` beside a running `hopetree demo`.
    proxy: { '/sandbox/control': demo, '/h': demo, '/api': demo },
  },
  test: { include: ['src/**/*.test.ts', 'build/**/*.test.ts'], environment: 'node' },
});

/** In development, too, every path below /console/ is the console's own. */
function consolePaths(): Plugin {
  return {
    name: 'console-paths',
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        if (/^\/console(\/[^.]*)?$/.test(request.url?.split('?')[0] ?? '')) {
          request.url = '/console/index.html';
        }
        next();
      });
    },
  };
}
