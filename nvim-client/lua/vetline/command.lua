-- :Vetline NAME [WORDS]: what there is by name, and what it does.

local server = require('vetline.server')

local M = {}

local ID = 12 -- digits of a review's id

local function reviews()
  return require('vetline.reviews')
end

local function scan(call)
  server.command(call.buf, 'scanWorkspace', nil, function(result)
    local client = assert(server.client(call.buf))
    local left = #result.notChecked
    local more = left > 0
        and (', %d not checked, the first: %s (%s)'):format(
          left,
          result.notChecked[1].path,
          result.notChecked[1].reason
        )
      or ''
    vim.diagnostic.setqflist({
      title = 'Vetline',
      namespace = vim.lsp.diagnostic.get_namespace(client.id),
      severity = { min = vim.diagnostic.severity.INFO },
      open = result.findings > 0,
    })
    server.say(('%d files, %d findings%s'):format(result.files, result.findings, more))
  end)
end

local function help()
  if not pcall(vim.cmd.help, 'vetline') then
    local page = vim.api.nvim_get_runtime_file('doc/vetline.txt', false)[1]
    vim.cmd.helptags(vim.fn.fnameescape(vim.fs.dirname(page)))
    vim.cmd.help('vetline')
  end
end

---@class vetline.Call
---@field buf integer
---@field first integer the first line that is meant
---@field last integer
---@field words string what stands behind the name
---@field id? string the first of the words, where it is a review's id
---@field rest string the words behind the id

---@type table<string, fun(call: vetline.Call)>
local does = {
  review = function(call)
    reviews().request(call.buf, call.first, call.last, call.words)
  end,
  reviews = function(call)
    reviews().list(call.buf, call.words == 'all')
  end,
  show = function(call)
    reviews().show_here(call.buf, call.id)
  end,
  approve = function(call)
    reviews().decide_here(call.buf, 'approveReview', call.id, call.rest)
  end,
  reject = function(call)
    reviews().decide_here(call.buf, 'rejectReview', call.id, call.rest)
  end,
  withdraw = function(call)
    reviews().decide_here(call.buf, 'withdrawReview', call.id, call.rest)
  end,
  fix = function()
    vim.lsp.buf.code_action({
      apply = true,
      context = { only = { 'source.fixAll.vetline' }, diagnostics = {} },
    })
  end,
  origin = function(call)
    require('vetline.origins').at_cursor(call.buf)
  end,
  origins = function()
    require('vetline.origins').show()
  end,
  blame = function(call)
    require('vetline.blame').open(call.buf)
  end,
  scan = scan,
  debug = function(call)
    server.command(call.buf, 'debugInformation', nil, function(result)
      local pane = require('vetline.pane')
      pane.open('debug', pane.lines(result.text), { filetype = 'markdown' })
    end)
  end,
  health = function()
    vim.cmd.checkhealth('vetline')
  end,
  help = help,
}

--- Names that fit what is typed by now.
function M.complete(lead, line)
  local before = vim.split(line:match('Vetline!?%s+(.*)$') or '', '%s+')
  local names = #before <= 1 and vim.tbl_keys(does) or before[1] == 'reviews' and { 'all' } or {}
  names = vim.tbl_filter(function(name)
    return vim.startswith(name, lead)
  end, names)
  table.sort(names)
  return names
end

--- What the command does; `args` is of nvim_create_user_command().
function M.run(args)
  local name = args.fargs[1] or 'help'
  local run = does[name]
  if not run then
    local names = table.concat(M.complete('', 'Vetline '), ', ')
    return server.say(
      ('there is no :Vetline %s; there are: %s'):format(name, names),
      vim.log.levels.WARN
    )
  end
  local words = vim.trim(args.args:sub(#name + 1))
  local id = words:match('^%x+%f[%X]')
  id = id and #id == ID and id or nil
  run({
    buf = vim.api.nvim_get_current_buf(),
    first = args.range > 0 and args.line1 or vim.fn.line('.'),
    last = args.range > 0 and args.line2 or vim.fn.line('.'),
    words = words,
    id = id,
    rest = id and vim.trim(words:sub(#id + 1)) or words,
  })
end

return M
