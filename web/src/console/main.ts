// The console: where an office's people write notices, look after the menu and the answers, and speak with residents.

import { ID_INJECTION_KEY } from 'element-plus';
import { createApp } from 'vue';
import App from './App.vue';
import { report } from './parts/report';
import { router } from './router';
import './theme.css';

const app = createApp(App);
app.config.errorHandler = report;
// Element Plus puts what floats above the page (lists, menus, hints) into the element that index.html has for it.
app.provide(ID_INJECTION_KEY, { prefix: 1, current: 0 });
app.use(router);
app.mount('#app');
