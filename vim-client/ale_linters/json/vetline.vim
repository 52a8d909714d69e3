" What Vetline finds; see ../../autoload/vetline/ale.vim
call vetline#ale#Define('json')
