def render(b): return ""
