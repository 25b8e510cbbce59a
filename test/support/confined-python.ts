/**
 * Program for `python -c`: names of modules, separated by commas, then a job and its arguments. Runs the job and refuses
 * whatever it may not do on an image of a cloud: sockets, and modules that are not there.
 */
export const CONFINED = `import builtins, runpy, socket, sys
def refuse(*_, **__): raise RuntimeError('the job opened a socket')
socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse
modules, job = sys.argv[1:3]
kept, allowed = builtins.__import__, set(modules.split(',')) | set(sys.stdlib_module_names)
def imported(name, globals=None, *rest, **named):
    by = (globals or {}).get('__file__') or ''
    top = name.split('.')[0]
    if by.startswith(job) and top not in allowed and not __import__('os').path.exists(f'{job}/{top}.py'):
        raise RuntimeError(f'the job imports {name}')
    return kept(name, globals, *rest, **named)
builtins.__import__ = imported
sys.argv = sys.argv[2:]
runpy.run_path(sys.argv[0], run_name='__main__')`;

/** Program for `python -c`: the folder of a job. Fails for a module that is not written as those of jobs are. */
export const SMALL_MODULES = `import ast, pathlib, sys
for path in sorted(pathlib.Path(sys.argv[1]).glob('*.py')):
    text = path.read_text()
    tree = ast.parse(text, feature_version=(3, 9))
    lines = text.splitlines()
    assert ast.get_docstring(tree), f'{path.name} has no docstring'
    assert len(lines) <= 250, f'{path.name} has {len(lines)} lines'
    assert max(map(len, lines)) <= 120, f'{path.name} has a line of {max(map(len, lines))} characters'
    assert 'from __future__ import annotations' in text or not any(isinstance(n, ast.FunctionDef) for n in ast.walk(tree)), path.name
    assert not any(isinstance(n, ast.Match) for n in ast.walk(tree)), path.name`;
