import './shared/jitless.ts';
// First, so that the styles of a part may change what these say of everything.
import 'virtual:palette.css';
import './shared/base.css';
import './shared/layout.css';
import './shared/controls/buttons.css';
import './shared/controls/inputs.css';
import './shared/touch.css';
import './shared/print.css';
import { render } from 'preact';
import { App } from './app.tsx';
import { embeddedStep } from './learn/embed.ts';
import { connectSource } from './shared/source.ts';

render(<App />, document.getElementById('app')!);
// A step alone shows what ships with the pages, and none of the runs.
if (!embeddedStep(location.search)) void connectSource();
