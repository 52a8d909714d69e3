-- How the server is asked, and how its answers and complaints reach the person.

local M = {}

local told

--- Tell the person something, once where the server says it in two ways.
---@param message string
---@param level? integer of vim.log.levels
function M.say(message, level)
  vim.notify('vetline: ' .. message, level or vim.log.levels.INFO)
end

--- `window/showMessage`, by vim.notify, which plugins show as people like it.
function M.on_message(_, params)
  local levels = { vim.log.levels.ERROR, vim.log.levels.WARN }
  told = params.message
  M.say(params.message, levels[params.type])
end

--- The client of a buffer, else any that runs; nil after saying that there is none.
---@param buf integer
---@return vim.lsp.Client?
function M.client(buf)
  local found = vim.lsp.get_clients({ bufnr = buf, name = 'vetline' })[1]
    or vim.lsp.get_clients({ name = 'vetline' })[1]
  if not found then
    M.say(
      'no server runs: open a file that it serves, or see :checkhealth vetline',
      vim.log.levels.WARN
    )
  end
  return found
end

--- Ask for something of docs/protocol.md; an error is said, and `on_result` not called.
---@param buf integer
---@param method string
---@param params table
---@param on_result? fun(result: any)
---@param finally? fun() called after either
function M.request(buf, method, params, on_result, finally)
  local client = M.client(buf)
  if not client then
    return
  end
  told = nil
  client:request(method, params, function(fault, result)
    if fault then
      local why = fault.message:gsub('^Invalid Params: ', '')
      if why ~= told then
        M.say(why, vim.log.levels.ERROR)
      end
    elseif on_result then
      on_result(result)
    end
    if finally then
      finally()
    end
  end, buf)
end

--- Run a command of the server.
---@param buf integer
---@param name string without "vetline."
---@param argument? table
---@param on_result? fun(result: any)
---@param finally? fun()
function M.command(buf, name, argument, on_result, finally)
  M.request(buf, 'workspace/executeCommand', {
    command = 'vetline.' .. name,
    arguments = argument and { argument } or nil,
  }, on_result, finally)
end

return M
