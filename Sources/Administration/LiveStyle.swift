extension LivePage {
  /// Follows the reader's choice of light or dark; loads nothing.
  static let style = """
    :root { color-scheme: light dark; --back: #f6f7f9; --card: #ffffff; --ink: #1c2330; --soft: #667085; --line: #e3e7ee;
      --good: #12805c; --bad: #c4321c; --warn: #a15c07; --allowed: #3b82c4; --denied: #d9482b; }
    @media (prefers-color-scheme: dark) {
      :root { --back: #12161d; --card: #1a202a; --ink: #e6eaf2; --soft: #93a0b5; --line: #2a3240;
        --good: #4cc29a; --bad: #ff8a70; --warn: #f0b35a; --allowed: #5aa2e0; --denied: #f0714f; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--back); color: var(--ink); font: 14px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
    header { display: flex; align-items: center; gap: 14px; padding: 14px 28px; background: var(--card); border-bottom: 1px solid var(--line); }
    h1 { font-size: 18px; margin: 0; letter-spacing: .2px; }
    .when { margin-left: auto; color: var(--soft); font-variant-numeric: tabular-nums; }
    main { max-width: 1240px; margin: 0 auto; padding: 20px 28px; display: grid; gap: 16px; }
    .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(180px, 1fr)); gap: 16px; }
    .tile, .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px; min-width: 0; }
    .tile span, .tile small { display: block; color: var(--soft); font-size: 12px; }
    .tile b { display: block; font-size: 26px; line-height: 1.25; font-variant-numeric: tabular-nums; }
    .tile b.code { font: 600 18px/1.8 ui-monospace, "DejaVu Sans Mono", monospace; }
    h2 { font-size: 13px; margin: 0 0 10px; font-weight: 600; }
    .note, .empty { color: var(--soft); font-weight: 400; }
    .empty { margin: 4px 0; }
    .key { float: right; color: var(--soft); font-weight: 400; }
    .key i { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin: 0 4px 0 10px; }
    i.allowed { background: var(--allowed); } i.denied { background: var(--denied); }
    rect.allowed { fill: var(--allowed); } rect.denied { fill: var(--denied); }
    svg { display: block; width: 100%; height: 120px; border-bottom: 1px solid var(--line); }
    svg.bar { width: 90px; height: 8px; margin-top: 6px; border: 0; }
    .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(340px, 1fr)); gap: 16px; align-items: start; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; font-size: 13px; }
    th { text-align: left; color: var(--soft); font-weight: 500; font-size: 12px; }
    th, td { padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; font-variant-numeric: tabular-nums;
      overflow-wrap: anywhere; }
    tr:last-child td { border-bottom: 0; }
    code { font: 12px ui-monospace, "DejaVu Sans Mono", monospace; }
    .badge { display: inline-block; padding: 0 8px; border-radius: 99px; border: 1px solid currentColor; font-size: 12px; white-space: nowrap; }
    .good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
    footer { max-width: 1240px; margin: 0 auto; padding: 4px 28px 28px; color: var(--soft); font-size: 12px; }
    a { color: inherit; }

    """
}
