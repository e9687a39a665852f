import './styles.css';
import { render } from 'preact';
import { App } from './app.tsx';
import { connectSource } from './shared/source.ts';

render(<App />, document.getElementById('app')!);
void connectSource();
