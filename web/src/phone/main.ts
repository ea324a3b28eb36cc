// The sandbox's page: a phone beside a panel that steers the pretended platform.

import { createApp } from 'vue';
import App from './App.vue';
import './base.css';
import { start } from './store';

createApp(App).mount('#app');
void start();
