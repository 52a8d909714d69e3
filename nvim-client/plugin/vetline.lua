-- :Vetline. What it does is loaded when it is first used.

if vim.g.loaded_vetline then
  return
end
vim.g.loaded_vetline = true

vim.api.nvim_create_user_command('Vetline', function(args)
  require('vetline.command').run(args)
end, {
  nargs = '*',
  range = true,
  complete = function(...)
    return require('vetline.command').complete(...)
  end,
  desc = 'Vetline: reviews, origins, scans; see :help :Vetline',
})
