-- :checkhealth vetline

local M = {}

--- Run the command that starts the server with other words; gives its output, or nil and why.
local function ask(command, words, folder)
  local ok, done = pcall(function()
    return vim
      .system(vim.list_extend(vim.list_slice(command), words), {
        cwd = folder,
        text = true,
        timeout = 10000,
      })
      :wait()
  end)
  if not ok then
    return nil, done
  end
  if done.code ~= 0 then
    return nil, vim.trim(done.stderr) ~= '' and vim.trim(done.stderr) or ('exit code ' .. done.code)
  end
  return done.stdout
end

local function check_ledger(command, folder)
  local output, why = ask(command, { 'review', 'list', '--output-format', 'json' }, folder)
  local ok, listed = pcall(vim.json.decode, output or '')
  if not ok then
    vim.health.error('The ledger cannot be read: ' .. (why or 'no JSON came'))
    return
  end
  local count = #listed.requests
  vim.health.ok(('The ledger can be read; reviews requested in %s: %d'):format(folder, count))
end

--- Say which ways for text to come in are reported.
local function check_reports()
  local reports, found, missing = require('vetline.shim').reports(), {}, {}
  for name, stands in vim.spairs(reports) do
    table.insert(stands and found or missing, name)
  end
  if #found == 0 then
    vim.health.warn('Nothing is reported: an accepted completion counts as unknown', {
      'Do not set vim.g.vetline_shim to false',
      "After require('vetline').disable(), call require('vetline').setup()",
    })
    return
  end
  vim.health.ok('Reported: undo, format, ' .. table.concat(found, ', '))
  if #missing > 0 then
    vim.health.info('Not loaded, so not reported: ' .. table.concat(missing, ', '))
  end
end

--- Say how a decision would be signed.
local function check_signing(client)
  if vim.fn.executable('ssh-keygen') == 0 then
    vim.health.warn(
      'There is no ssh-keygen: nobody can approve from here',
      'Install OpenSSH 8.9 or newer'
    )
    return
  end
  local askpass = require('vetline.askpass')
  if (vim.env.SSH_ASKPASS or '') ~= '' then
    vim.health.ok('A passphrase is asked for by your SSH_ASKPASS: ' .. vim.env.SSH_ASKPASS)
  elseif (client.config.cmd_env or {}).SSH_ASKPASS == askpass.program() and askpass.program() then
    vim.health.ok('A passphrase is asked for by Neovim itself')
  else
    vim.health.warn('Nothing asks for the passphrase of a signing key', {
      'Make nvim-client/bin/askpass executable, or set SSH_ASKPASS to a program of your own',
    })
  end
end

function M.check()
  vim.health.start('vetline')
  if vim.fn.has('nvim-0.11') == 0 then
    vim.health.error('Neovim 0.11 or newer is needed')
    return
  end
  local cmd = (vim.lsp.config.vetline or {}).cmd
  if type(cmd) ~= 'table' then
    vim.health.error('There is no configuration', "Put nvim-client on the 'runtimepath'")
    return
  end
  -- What stands before the word "server" is how the command is called here.
  local command = vim.list_slice(cmd, 1, vim.fn.indexof(cmd, "v:val == 'server'"))
  if #command == 0 then
    vim.health.error("'cmd' does not call `vetline server`: " .. table.concat(cmd, ' '))
    return
  end
  if vim.fn.executable(command[1]) == 0 then
    vim.health.error(command[1] .. ' is not on PATH', {
      'Install it: pip install vetline',
      "Or name it: vim.lsp.config('vetline', { cmd = { '/path/to/vetline', 'server' } })",
    })
    return
  end
  local version, why = ask(command, { 'version' })
  if not version then
    vim.health.error(table.concat(command, ' ') .. ' does not run: ' .. why)
    return
  end
  vim.health.ok(('%s, from %s'):format(vim.trim(version), vim.fn.exepath(command[1])))
  if not vim.lsp.is_enabled('vetline') then
    vim.health.warn('It is not enabled', "Put vim.lsp.enable('vetline') into your init.lua")
  end
  local clients = vim.lsp.get_clients({ name = 'vetline' })
  if #clients == 0 then
    vim.health.info('No buffer is attached: open a Python or JavaScript file')
  else
    check_reports()
  end
  for _, client in ipairs(clients) do
    local buffers = vim.tbl_count(client.attached_buffers)
    local folder = client.root_dir or vim.fn.getcwd()
    vim.health.ok(('Attached to %d buffer(s), in %s'):format(buffers, folder))
    check_ledger(command, folder)
    check_signing(client)
  end
end

return M
