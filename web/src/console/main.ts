// The console: where an office's people write notices, look after the menu and the answers, and speak with residents.

import { createApp } from 'vue';
import App from './App.vue';
import { report } from './parts/report';
import { router } from './router';
import './theme.css';

const app = createApp(App);
app.config.errorHandler = report;
app.use(router);
app.mount('#app');
