/** Orders come from the order desk's agent, surface-server. */
export default {
  server: {
    host: "127.0.0.1",
    proxy: { "/orders": process.env.ORDER_DESK_URL ?? "http://127.0.0.1:8021" },
  },
};
