// Runs before the first paint: house lights up or down, as chosen here before, else as the system says.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('lights');
  } catch {
    // a private window has no storage: the system decides
  }
  const down = chosen ? chosen === 'down' : matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.classList.toggle('dark', down);
})();
