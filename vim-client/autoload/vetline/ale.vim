" Vetline as a linter of ALE's, one server for all files of a repository.

call ale#Set('vetline_executable', 'vetline')
call ale#Set('vetline_settings', {'scope': 'all'})

" The repository of a file, else its folder. A worktree has a file where the main tree has a folder.
function! vetline#ale#Root(buffer) abort
    let l:folder = fnamemodify(ale#path#FindNearestDirectory(a:buffer, '.git'), ':h:h')
    let l:file = fnamemodify(ale#path#FindNearestFile(a:buffer, '.git'), ':h')
    let l:root = len(l:file) > len(l:folder) ? l:file : l:folder

    return len(l:root) > 1 ? l:root : expand('#' . a:buffer . ':p:h')
endfunction

function! vetline#ale#Define(filetype) abort
    call ale#linter#Define(a:filetype, {
    \   'name': 'vetline',
    \   'lsp': 'stdio',
    \   'executable': {buffer -> ale#Var(buffer, 'vetline_executable')},
    \   'command': '%e server --stdio',
    \   'language': {buffer -> getbufvar(buffer, '&filetype')},
    \   'project_root': function('vetline#ale#Root'),
    \   'initialization_options': {buffer -> ale#Var(buffer, 'vetline_settings')},
    \})
endfunction
