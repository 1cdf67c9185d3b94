import { mount } from "svelte";
import App from "./App.svelte";
import { keepOffline } from "./offline";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/marks.css";

const target = document.getElementById("app");
if (target) mount(App, { target });
if (import.meta.env.PROD) void keepOffline();
