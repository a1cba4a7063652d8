// The wire to the visitor's kernel: Jupyter's own messages over its websocket, one comm, requests with ids.

const kernel = JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "{}");
const session = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
const waiting = new Map();
const SECONDS_TO_ANSWER = 90;
const GREETING_MILLISECONDS = 400;
let socket = null;
let commId = null;
let requests = 0;

class Refused extends Error {
  constructor(answer) {
    super(answer.problem);
    this.kind = answer.kind;
  }
}

function transmit(type, content) {
  const header = { msg_id: `${session}-${++requests}`, msg_type: type, session, username: "", version: "5.3", date: new Date().toISOString() };
  socket.send(JSON.stringify({ header, parent_header: {}, metadata: {}, content, buffers: [], channel: "shell" }));
}

// The server may begin to listen to the kernel a moment after it has opened the socket, and what the kernel says before
// is lost: a comm is opened anew until one greets back.
function greet() {
  const opened = `${session}-${++requests}`;
  commId = opened;
  transmit("comm_open", { comm_id: commId, target_name: "demetra", data: {} });
  setTimeout(() => commId === opened && !root.classList.contains("dm-connected") && socket.readyState === WebSocket.OPEN && greet(), GREETING_MILLISECONDS);
}

function connect(onOpen, onLost) {
  if (!kernel.kernelId) return;
  const base = new URL(kernel.baseUrl ?? "/", location.href);
  base.protocol = base.protocol.replace("http", "ws");
  socket = new WebSocket(`${base}api/kernels/${kernel.kernelId}/channels?session_id=${session}`);
  socket.onopen = greet;
  socket.onclose = onLost;
  socket.onmessage = (event) => {
    const message = JSON.parse(event.data);
    if (message.content?.execution_state === "dead") return onLost();
    if (message.header.msg_type !== "comm_msg" || message.content.comm_id !== commId) return undefined;
    const answer = message.content.data;
    if (answer.id === "greeting") return onOpen();
    const waiter = waiting.get(answer.id);
    waiting.delete(answer.id);
    return answer.problem ? waiter?.reject(new Refused(answer)) : waiter?.resolve(answer.data);
  };
  addEventListener("pagehide", () => {
    const form = new FormData();
    form.append("_xsrf", document.cookie.match(/\b_xsrf=([^;]*)\b/)?.[1] ?? "");
    navigator.sendBeacon(new URL(`voila/api/shutdown/${kernel.kernelId}`, new URL(kernel.baseUrl ?? "/", location.href)), form);
  });
}

function ask(kind, wish = {}) {
  if (socket?.readyState !== WebSocket.OPEN) return Promise.reject(new Refused({ problem: t("lost"), kind: "Lost" }));
  const id = `${kind}-${++requests}`;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    setTimeout(() => waiting.delete(id) && reject(new Refused({ problem: t("lost"), kind: "Lost" })), 1000 * SECONDS_TO_ANSWER);
    transmit("comm_msg", { comm_id: commId, data: { id, kind, ...wish } });
  });
}
